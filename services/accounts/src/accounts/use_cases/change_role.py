"""An owner gives one of the company's people another role."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.membership import with_role
from accounts.domain.scopes import Role
from accounts.domain.user import User
from accounts.use_cases.keep_an_owner import keep_an_owner, person_of, tell_of_person
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.revoke import end_sessions_of
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class ChangeRole:
    """`at` is real time."""

    company_id: Id
    user_id: Id
    role: Role
    at: datetime


async def change_role(command: ChangeRole, uow: UnitOfWork, now: datetime) -> User:
    """The last owner stays one. The person signs in again, because tokens that are out have the scopes of the old role."""
    user = await person_of(command.company_id, command.user_id, uow)
    after = with_role(user, command.role)
    if user.role is command.role:
        return user
    await keep_an_owner(user, uow)
    await uow.users.save(after)
    await end_sessions_of(user.id, command.at, uow)
    await tell_of_person(after, uow)
    return after
