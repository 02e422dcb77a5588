"""A person gives an authenticator app up."""

from dataclasses import dataclass
from datetime import datetime

from accounts.use_cases.begin_sign_in import SignInAttempt
from accounts.use_cases.factor_changed import REMOVED, drop_last_codes, factor_changed
from accounts.use_cases.ports import Checks, UnitOfWork
from accounts.use_cases.show_factor import Shown, show_factor
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RemoveAuthenticator:
    """`proof` is the attempt in which the password was given again. `at` is real time."""

    user_id: Id
    session_id: Id | None
    proof: SignInAttempt
    shown: Shown
    at: datetime


async def remove_authenticator(command: RemoveAuthenticator, checks: Checks, uow: UnitOfWork, now: datetime) -> None:
    """Password and second factor are shown once more; a wrong one counts as a failed sign-in."""
    user = await uow.users.get(command.user_id)
    # Refused by its state before anything is shown in vain.
    (await uow.second_factors.of(user.id)).remove_authenticator()
    await show_factor(user, command.shown, checks, command.at, uow)
    await uow.second_factors.save((await uow.second_factors.of(user.id)).remove_authenticator())
    await drop_last_codes(user, uow)
    await uow.sign_in_attempts.forget(command.proof.email, command.proof.source)
    await factor_changed(user, REMOVED, command.session_id, command.at, uow, now)
