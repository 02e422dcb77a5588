"""The second half of a closure: nothing can be under way any more, so what is open now is all there is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.domain.company import Company, CompanyState
from accounts.domain.erasure import ErasureCause
from accounts.domain.revocation import Revoked
from accounts.use_cases.begin_closing import selling
from accounts.use_cases.erase_company import EraseCompany, erase_company
from accounts.use_cases.ports import Markets, UnitOfWork
from accounts.use_cases.revoke import revoke
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import OpenItem


@dataclass(frozen=True)
class CloseCompany:
    """`open` is what other services have found; with `erase` it is forgotten at once. `at` is real time."""

    company_id: Id
    open: Sequence[OpenItem]
    at: datetime
    erase: bool = False
    cause: ErasureCause = ErasureCause.OPERATOR


async def close_company(command: CloseCompany, markets: Markets, uow: UnitOfWork, now: datetime) -> Company:
    """Closed, or active again where something was begun at the last moment. A repeat changes nothing."""
    company = await uow.companies.get(command.company_id)
    if company.state is not CompanyState.CLOSING:
        return company
    found = (*command.open, *await selling(company.id, uow))
    if found:
        company, reopened = company.reopen(found)
        await uow.companies.save(company)
        uow.publish(reopened)
        return company
    company, closed = company.close()
    await uow.companies.save(company)
    uow.publish(closed)
    await revoke(Revoked.COMPANY, company.id, command.at, uow)
    if command.erase:
        await erase_company(EraseCompany(company.id, command.cause, (), command.at), markets, uow, now)
    return company
