"""All that a person has beside the password, seen together."""

from dataclasses import dataclass

from accounts.domain.passkey import Passkey
from accounts.domain.second_factor import SecondFactor


@dataclass(frozen=True)
class Factors:
    """The authenticator with the recovery codes, and the passkeys."""

    second: SecondFactor
    passkeys: tuple[Passkey, ...]

    @property
    def are_any(self) -> bool:
        """Whether the password alone does not do. Recovery codes only stand in for one of the others."""
        return self.second.is_on or bool(self.passkeys)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What may be shown, by the names of the fields it is sent in."""
        found = {
            "code": self.second.is_on,
            "recovery_code": bool(self.second.recovery_hashes),
            "passkey": bool(self.passkeys),
        }
        return tuple(kind for kind, is_there in found.items() if is_there)
