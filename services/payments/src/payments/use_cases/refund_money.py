"""Creates refunds: money is set apart in the books first, an errand then asks the provider to send it back."""

from datetime import datetime

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.ledger_rules import refund_of_order, refund_of_unapplied
from payments.domain.refund import Refund, Source, create_refund
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.post_entry import post_entry


async def refund_unapplied(
    source: Source,
    buyer_id: Id,
    amount: Money,
    cause: str,
    uow: UnitOfWork,
    now: datetime,
    order_id: Id | None = None,
) -> None:
    """P8 for money that is on no order; the same call again is the same refund."""
    refund = await _create(source, buyer_id, amount, cause, uow, now, order_id)
    if refund is not None:
        await post_entry(refund_of_unapplied(buyer_id, refund.id, amount), f"refund/{refund.id}", uow, now)


async def refund_order(order_id: Id, buyer_id: Id, cause: str, uow: UnitOfWork, now: datetime) -> None:
    """P8 for all money on an order of which nothing was shipped: one refund per credit that paid for it."""
    for share in await uow.bank_lines.shares_of(order_id):
        refund = await _create(share.source, buyer_id, share.amount, cause, uow, now, order_id)
        if refund is not None:
            await post_entry(refund_of_order(order_id, refund.id, share.amount), f"refund/{refund.id}", uow, now)


async def _create(
    source: Source, buyer_id: Id, amount: Money, cause: str, uow: UnitOfWork, now: datetime, order_id: Id | None
) -> Refund | None:
    refund, created = create_refund(source, buyer_id, amount, cause, now, order_id)
    if not await uow.refunds.add_if_new(refund):
        return None
    uow.publish(created)
    await uow.timers.set("send_refund", refund.id, now)
    return refund
