"""Somebody leaves the company, or is made to."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.membership import deactivated
from accounts.domain.user import User
from accounts.use_cases.forget_factors import forget_factors
from accounts.use_cases.keep_an_owner import keep_an_owner, person_of, tell_of_person
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.revoke import end_sessions_of
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class DeactivatePerson:
    """`at` is real time."""

    company_id: Id
    user_id: Id
    at: datetime


async def deactivate_person(command: DeactivatePerson, uow: UnitOfWork, now: datetime) -> User:
    """Signed out everywhere, and signs in no more, by no means; the name stays with what was done. The last owner cannot go."""
    user = await person_of(command.company_id, command.user_id, uow)
    after = deactivated(user)
    await keep_an_owner(user, uow)
    await uow.users.save(after)
    await forget_factors(user.id, uow)
    await end_sessions_of(user.id, command.at, uow)
    await tell_of_person(after, uow)
    return after
