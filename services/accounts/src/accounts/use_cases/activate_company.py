"""A person opens the activation link and sets a password: the company becomes active."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.company import Company, CompanyKind
from accounts.domain.errors import ActivationLinkInvalid
from accounts.domain.link_tokens import LinkToken
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.weigh_retention import FIRST_LOOK, WEIGH_RETENTION


@dataclass(frozen=True)
class ActivateCompany:
    """`at` is real time; the password is hashed before, outside of the transaction."""

    token: LinkToken
    password_hash: str
    at: datetime


async def activate_company(command: ActivateCompany, uow: UnitOfWork, now: datetime) -> Company:
    """Single use and in time; both states change together."""
    user = await uow.users.find(command.token.subject_id)
    if user is None:
        raise ActivationLinkInvalid()
    user = user.activate(command.token.nonce, command.password_hash, command.at)
    company, activated = (await uow.companies.get(user.company_id)).activate()
    await uow.users.save(user)
    await uow.companies.save(company)
    uow.publish(activated)
    if company.kind is CompanyKind.BUYER:
        await uow.timers.set(WEIGH_RETENTION, company.id, now + FIRST_LOOK, {"since": now.isoformat()})
    return company
