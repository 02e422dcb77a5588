"""The operator grants a change request: the change is made."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.change_request import ChangeRequest, PayoutAccount
from accounts.domain.errors import SupportDecides
from accounts.domain.seller import CaseChange
from accounts.use_cases.change_company import apply_change, rules_of
from accounts.use_cases.ports import Markets, UnitOfWork
from accounts.use_cases.sign_payout_change import Signer, sign_payout_change
from chassis.kernel.ids import Id

# Told with the change itself, so that its company gets a mail.
CHANGE_GRANTED = "change_granted"


@dataclass(frozen=True)
class ApproveChange:
    """Which request, and who grants it."""

    request_id: Id
    by: Signer


async def approve_change(command: ApproveChange, markets: Markets, uow: UnitOfWork, now: datetime) -> ChangeRequest:
    """The rules of today hold, not those of the day on which it was asked for.

    Another bank account takes two people: after the first signature the request is still open, and nothing has changed.
    """
    asked = await uow.change_requests.get(command.request_id)
    request = asked.approve(now)
    company = await uow.companies.get(request.company_id)
    request.change.check(await rules_of(company, markets, uow, now), company.country)
    if request.payout is None and not command.by.is_support:
        raise SupportDecides()
    if request.payout is not None and not await sign_payout_change(request.id, command.by, uow, now):
        return asked
    await apply_change(company, request.change, uow, now, (CHANGE_GRANTED,))
    if request.payout is not None:
        await _pay_elsewhere(request.company_id, request.payout, uow)
    await uow.change_requests.save(request)
    return request


async def _pay_elsewhere(seller_id: Id, payout: PayoutAccount, uow: UnitOfWork) -> None:
    change = CaseChange(payout_iban=payout.iban, payout_holder=payout.holder)
    changed = (await uow.sellers.get(seller_id)).change(change, (CHANGE_GRANTED,))
    if changed is not None:
        seller, fact = changed
        await uow.sellers.save(seller)
        uow.publish(fact)
