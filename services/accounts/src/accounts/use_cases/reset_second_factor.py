"""A person has lost every second factor; support, having found out who it is, takes them away."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import NoSecondFactor
from accounts.use_cases.factor_changed import REMOVED, factor_changed
from accounts.use_cases.forget_factors import forget_factors
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class ResetSecondFactor:
    """`at` is real time."""

    user_id: Id
    at: datetime


async def reset_second_factor(command: ResetSecondFactor, uow: UnitOfWork, now: datetime) -> None:
    """From now on the password does alone; the person is signed out everywhere, and hears of it by mail."""
    user = await uow.users.get(command.user_id)
    if not await forget_factors(user.id, uow):
        raise NoSecondFactor()
    await factor_changed(user, REMOVED, None, command.at, uow, now)
