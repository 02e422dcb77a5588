"""A company asks support for a change that it may not make itself."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.change_request import ChangeRequest, PayoutAccount, RequestState
from accounts.domain.company import Company
from accounts.domain.errors import ChangeRequestOpen, NothingToChange
from accounts.domain.names import check_names
from accounts.domain.profile import ProfileChange
from accounts.domain.seller import CaseChange
from accounts.use_cases.change_company import rules_of
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id, new_id
from chassis.kernel.numbers import check_iban


@dataclass(frozen=True)
class RequestChange:
    """`note` tells the operator why, and how it can be proven. `payout` is another bank account, of sellers only."""

    company_id: Id
    asked_by: Id
    change: ProfileChange
    note: str
    payout: PayoutAccount | None = None


async def request_change(command: RequestChange, markets: Markets, uow: UnitOfWork, now: datetime) -> ChangeRequest:
    """What could never be granted is refused at once, and so is a second request while one is open."""
    company = await uow.companies.get(command.company_id)
    company.must_be_active()
    command.change.check(await rules_of(company, markets, uow, now), company.country)
    payout = await _checked(command.payout, company, uow) if command.payout else None
    if company.change_profile(command.change) is None and payout is None:
        raise NothingToChange()
    if await uow.change_requests.open_of(company.id) is not None:
        raise ChangeRequestOpen()
    request = ChangeRequest(
        id=new_id(),
        version=1,
        company_id=company.id,
        state=RequestState.OPEN,
        change=command.change,
        note=command.note,
        asked_by=command.asked_by,
        asked_at=now,
        payout=payout,
    )
    await uow.change_requests.add(request)
    return request


async def _checked(payout: PayoutAccount, company: Company, uow: UnitOfWork) -> PayoutAccount:
    """The IBAN in its one spelling; raises by name what could never be granted."""
    seller = await uow.sellers.get(company.id)
    check_names(payout_holder=payout.holder)
    change = CaseChange(payout_iban=check_iban(payout.iban), payout_holder=payout.holder)
    if seller.change(change) is None:
        raise NothingToChange()
    return PayoutAccount(check_iban(payout.iban), payout.holder)
