"""Deadline: a seller's money did not come in time, so the platform advances the refund and the buyer's limit holds."""

from datetime import datetime

from chassis.kernel.audit_log import PLATFORM, Act
from chassis.kernel.ids import Id
from payments.domain.reversal import Reversal
from payments.use_cases.fund_waiting import fund_waiting
from payments.use_cases.ports import UnitOfWork


async def advance_refund(credit_note_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """While the platform's own wallet cannot bear it, the same is tried again on the next business day."""
    reversal = await uow.reversals.get(credit_note_id)
    if not reversal.is_waiting:
        return
    await uow.lock(reversal.seller_order_id)
    await uow.lock(reversal.seller_id)
    await fund_waiting(reversal.seller_id, reversal.gross.currency, uow, now, may_advance=reversal.id)
    after = await uow.reversals.get(reversal.id)
    if after.is_waiting:
        rules = uow.rules.in_force(reversal.market, now.date())
        again = rules.calendar.deadline_after(now, 1).acts_at
        await uow.timers.set("advance_refund", reversal.id, again)
    elif after.funding.advanced:
        await _record(after, uow, now)


async def _record(reversal: Reversal, uow: UnitOfWork, now: datetime) -> None:
    """The platform's own money went out and no person decided it: the audit log tells by which rule."""
    advanced = {"amount": reversal.funding.advanced, "currency": reversal.gross.currency}
    details = {"advanced": advanced, "market": reversal.market}
    await uow.audit_log.record(Act("advance_refund", PLATFORM, "credit_note", str(reversal.id), details), now)
