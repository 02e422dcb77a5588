"""The steps that changes of a company's people share."""

from accounts.domain.errors import EnvironmentsOwner, LastOwner, UserNotFound
from accounts.domain.platform import OPERATOR_USER
from accounts.domain.scopes import Role
from accounts.domain.user import User
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


async def person_of(company_id: Id, user_id: Id, uow: UnitOfWork) -> User:
    """One of the company's own; anybody else's people look as if they were not there."""
    user = await uow.users.get(user_id)
    if user.company_id != company_id:
        raise UserNotFound(id=str(user_id))
    return user


async def keep_an_owner(user: User, uow: UnitOfWork) -> None:
    """Refuse what would take the company's last owner away, or the operator's that the environment names."""
    if user.id == OPERATOR_USER:
        raise EnvironmentsOwner()
    if user.role is not Role.OWNER:
        return
    owners = await uow.users.owners_of(user.company_id)
    if all(owner.id == user.id for owner in owners):
        raise LastOwner()


async def tell_of_person(user: User, uow: UnitOfWork) -> None:
    """The company has changed."""
    company, changed = (await uow.companies.get(user.company_id)).person_changed("people", user.id)
    await uow.companies.save(company)
    uow.publish(changed)
