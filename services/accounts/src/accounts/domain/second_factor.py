"""What a person shows beside the password: the codes of an authenticator app, or one of the recovery codes.

Passkeys, the third kind, have a file of their own.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from accounts.domain.errors import AuthenticatorMoveRefused, SecondFactorRefused
from accounts.domain.recovery_codes import recovery_hash
from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable


class AuthenticatorState(StrEnum):
    """Offered: the secret was shown, and no code of it has been seen yet."""

    OFF = "off"
    OFFERED = "offered"
    ON = "on"


MOVES = StateTable(
    {
        ("offer", AuthenticatorState.OFF): AuthenticatorState.OFFERED,
        ("offer", AuthenticatorState.OFFERED): AuthenticatorState.OFFERED,
        ("confirm", AuthenticatorState.OFFERED): AuthenticatorState.ON,
        ("use", AuthenticatorState.ON): AuthenticatorState.ON,
        ("remove", AuthenticatorState.ON): AuthenticatorState.OFF,
    },
    AuthenticatorMoveRefused,
)


@dataclass(frozen=True)
class SecondFactor:
    """`id` is the person's. `secret` is sealed, `last_step` the time step whose code was used last (RFC 6238, 5.2).

    It has no public story of its own: `version` only guards the save, so that a code or recovery code is used once.
    """

    id: Id
    version: int
    authenticator: AuthenticatorState = AuthenticatorState.OFF
    secret: str | None = None
    last_step: int | None = None
    recovery_hashes: tuple[str, ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether the app's codes are asked for."""
        return self.authenticator is AuthenticatorState.ON

    def offer(self, secret: str) -> "SecondFactor":
        """A new secret is shown; one that was never confirmed is forgotten."""
        return self._after("offer", secret=secret, last_step=None)

    def confirm(self, step: int | None) -> "SecondFactor":
        """The first code was right; None was a wrong one. It counts as used."""
        state = MOVES.after("confirm", self.authenticator)
        if step is None:
            raise SecondFactorRefused()
        return self._next(authenticator=state, last_step=step)

    def use_step(self, step: int | None) -> "SecondFactor":
        """The code of a time step, or None for a wrong code. Each works once, and none that is older than the last."""
        state = MOVES.after("use", self.authenticator)
        if step is None or (self.last_step is not None and step <= self.last_step):
            raise SecondFactorRefused()
        return self._next(authenticator=state, last_step=step)

    def use_recovery_code(self, typed: str) -> "SecondFactor":
        """Each works once."""
        used = recovery_hash(self.id, typed)
        if used not in self.recovery_hashes:
            raise SecondFactorRefused()
        return self._next(recovery_hashes=tuple(one for one in self.recovery_hashes if one != used))

    def with_recovery_codes(self, codes: tuple[str, ...]) -> "SecondFactor":
        """New ones; those before work no more."""
        return self._next(recovery_hashes=tuple(recovery_hash(self.id, code) for code in codes))

    def remove_authenticator(self) -> "SecondFactor":
        """Its codes are asked for no more."""
        return self._after("remove", secret=None, last_step=None)

    def forget_all(self) -> "SecondFactor":
        """Nothing is left, whatever there was."""
        return self._next(authenticator=AuthenticatorState.OFF, secret=None, last_step=None, recovery_hashes=())

    def _after(self, move: str, **changes: object) -> "SecondFactor":
        return self._next(authenticator=MOVES.after(move, self.authenticator), **changes)

    def _next(self, **changes: object) -> "SecondFactor":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]
