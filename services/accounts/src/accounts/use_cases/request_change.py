"""A company asks support for a change that it may not make itself."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.change_request import ChangeRequest, RequestState
from accounts.domain.errors import ChangeRequestOpen, NothingToChange
from accounts.domain.profile import ProfileChange
from accounts.use_cases.change_company import rules_of
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id, new_id


@dataclass(frozen=True)
class RequestChange:
    """`note` tells the operator why, and how it can be proven."""

    company_id: Id
    asked_by: Id
    change: ProfileChange
    note: str


async def request_change(command: RequestChange, markets: Markets, uow: UnitOfWork, now: datetime) -> ChangeRequest:
    """What could never be granted is refused at once, and so is a second request while one is open."""
    company = await uow.companies.get(command.company_id)
    company.must_be_active()
    command.change.check(await rules_of(company, markets, uow, now), company.country)
    if company.change_profile(command.change) is None:
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
    )
    await uow.change_requests.add(request)
    return request
