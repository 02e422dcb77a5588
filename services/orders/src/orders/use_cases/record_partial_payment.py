"""A part of the money has come; the deadline stays as it is."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.order import MOVES
from orders.use_cases.keep_order import keep_order
from orders.use_cases.note_without_effect import note_without_effect
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class RecordPartialPayment:
    """`received` is the sum so far, in minor units."""

    order_id: Id
    received: int


async def record_partial_payment(command: RecordPartialPayment, uow: UnitOfWork, now: datetime) -> None:
    """The order is PARTIALLY_PAID. Once it is about to expire or over, payments alone decides what becomes of the money."""
    order = await uow.orders.lock(command.order_id)
    if order is None:
        return
    if not MOVES.allows("pay_in_part", order.state):
        await note_without_effect(uow, order, "partial_payment_ignored", "payments", now)
        return
    await keep_order(uow, order, order.pay_in_part(command.received, at=now), "pay_in_part", "payments", now)
