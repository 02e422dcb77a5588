"""The operator closes a company's account."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.company import Company
from accounts.domain.revocation import Revoked
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.revoke import revoke
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class CloseCompany:
    """Which one. `at` is real time."""

    company_id: Id
    at: datetime


async def close_company(command: CloseCompany, uow: UnitOfWork, now: datetime) -> Company:
    """Nobody signs in for it and none of its keys works any more."""
    company, closed = (await uow.companies.get(command.company_id)).close()
    await uow.companies.save(company)
    uow.publish(closed)
    await revoke(Revoked.COMPANY, company.id, command.at, uow)
    return company
