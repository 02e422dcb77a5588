"""The first code of an authenticator app has come: from now on it is asked for at every sign-in with the password."""

from dataclasses import dataclass
from datetime import datetime

from accounts.use_cases.factor_changed import ADDED, factor_changed, first_codes
from accounts.use_cases.ports import Checks, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class ConfirmAuthenticator:
    """`session_id` is the session that asks. `at` is real time."""

    user_id: Id
    session_id: Id | None
    code: str
    at: datetime


async def confirm_authenticator(
    command: ConfirmAuthenticator, checks: Checks, uow: UnitOfWork, now: datetime
) -> tuple[str, ...]:
    """The recovery codes, if it is the person's first factor."""
    user = await uow.users.get(command.user_id)
    second = await uow.second_factors.of(user.id)
    offered = second.secret
    step = checks.authenticators.step_of(offered, user.id, command.code, command.at) if offered else None
    await uow.second_factors.save(second.confirm(step))
    codes = await first_codes(user, uow)
    await factor_changed(user, ADDED, command.session_id, command.at, uow, now)
    return codes
