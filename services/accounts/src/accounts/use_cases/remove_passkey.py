"""A person gives a passkey up, or a device with one is gone."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import PasskeyNotFound
from accounts.use_cases.begin_sign_in import SignInAttempt
from accounts.use_cases.factor_changed import REMOVED, drop_last_codes, factor_changed
from accounts.use_cases.ports import Checks, UnitOfWork
from accounts.use_cases.show_factor import Shown, show_factor
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RemovePasskey:
    """`proof` is the attempt in which the password was given again. `at` is real time."""

    user_id: Id
    session_id: Id | None
    passkey_id: Id
    proof: SignInAttempt
    shown: Shown
    at: datetime


async def remove_passkey(command: RemovePasskey, checks: Checks, uow: UnitOfWork, now: datetime) -> None:
    """Password and second factor are shown once more, be it this very passkey."""
    user = await uow.users.get(command.user_id)
    passkey = await uow.passkeys.find(command.passkey_id)
    if passkey is None or passkey.user_id != user.id:
        raise PasskeyNotFound(id=str(command.passkey_id))
    await show_factor(user, command.shown, checks, command.at, uow)
    await uow.passkeys.remove(passkey)
    await drop_last_codes(user, uow)
    await uow.sign_in_attempts.forget(command.proof.email, command.proof.source)
    await factor_changed(user, REMOVED, command.session_id, command.at, uow, now)
