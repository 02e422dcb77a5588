"""Begins a refund: stored before anything is asked of the provider, sent by an errand."""

from datetime import datetime

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.refund import Refund, Source, create_refund
from payments.use_cases.ports import UnitOfWork


async def begin_refund(
    source: Source, buyer_id: Id, amount: Money, cause: str, uow: UnitOfWork, now: datetime, order_id: Id | None
) -> Refund | None:
    """None if the same refund was begun before: a double click, or a fact that came twice."""
    refund, created = create_refund(source, buyer_id, amount, cause, now, order_id)
    if not await uow.refunds.add_if_new(refund):
        return None
    uow.publish(created)
    await uow.timers.set("send_refund", refund.id, now)
    return refund
