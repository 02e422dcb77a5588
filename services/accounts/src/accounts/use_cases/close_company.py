"""The operator closes a company's account."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.company import Company
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class CloseCompany:
    """Which one."""

    company_id: Id


async def close_company(command: CloseCompany, uow: UnitOfWork, now: datetime) -> Company:
    """Nobody signs in for it and none of its keys works any more."""
    company, closed = (await uow.companies.get(command.company_id)).close()
    await uow.companies.save(company)
    uow.publish(closed)
    return company
