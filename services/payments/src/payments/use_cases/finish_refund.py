"""The provider says how a refund ended: the money left, or it came back."""

from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain.ledger_rules import refund_paid
from payments.domain.psp_facts import EventOutcome, Outgoing
from payments.domain.refund import Refund, RefundState, SourceKind
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.post_entry import post_entry
from payments.use_cases.settle_capture import settle_capture


async def finish_refund(outgoing: Outgoing, uow: UnitOfWork, now: datetime) -> EventOutcome:
    """P8: Dr refund.payable Cr psp.cash when it settled. A repeat, and a refund still under way, change nothing."""
    refund = await uow.refunds.find(Id(outgoing.reference))
    if refund is None:
        return EventOutcome.WAITING
    if outgoing.amount != refund.amount:
        return EventOutcome.REFUSED
    if outgoing.status == "created" or refund.state in (RefundState.SETTLED, RefundState.FAILED):
        return EventOutcome.IGNORED
    if outgoing.status == "settled":
        refund, settled = refund.settle(now, completes_case=await _is_last_of_case(refund, uow))
        await uow.refunds.save(refund)
        uow.publish(settled)
        await _settle_source(refund, uow, now)
        await post_entry(refund_paid(refund.id, refund.amount, refund.order_id), f"refund/{refund.id}", uow, now)
    else:
        refund, failed = refund.fail(now, outgoing.failure_reason or "refused")
        await uow.refunds.save(refund)
        uow.publish(failed)
    await uow.timers.cancel("check_refund", refund.id)
    return EventOutcome.APPLIED


async def _settle_source(refund: Refund, uow: UnitOfWork, now: datetime) -> None:
    """What went back to a card was in the wallet before, also if nobody told us of the settlement yet."""
    if refund.source.kind is SourceKind.CARD_CAPTURE:
        capture = await uow.card_payments.find_capture(refund.source.id)
        assert capture is not None, "a refund's source was stored before the refund"
        card = await uow.card_payments.get(capture.card_payment_id)
        await settle_capture(capture, card.order_id, uow, now)


async def _is_last_of_case(refund: Refund, uow: UnitOfWork) -> bool:
    """Whether the buyer then has all of a case's money: no other refund of it is open, and no credit note waits for one."""
    if refund.case_id is None:
        return False
    await uow.lock(refund.case_id)
    others = [one for one in await uow.refunds.of_case(refund.case_id) if one.id != refund.id]
    return all(one.state is RefundState.SETTLED for one in others)
