"""Payments said for certain that an order was not paid: it ends."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.order import MOVES
from orders.use_cases.close_unpaid_order import close_unpaid_order
from orders.use_cases.keep_order import keep_order
from orders.use_cases.note_without_effect import note_without_effect
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class AutoCancelOrder:
    """The order that was not paid."""

    order_id: Id


async def auto_cancel_order(command: AutoCancelOrder, uow: UnitOfWork, now: datetime) -> None:
    """AUTO_CANCELLED; only an order that asked (EXPIRY_PENDING) takes the answer."""
    order = await uow.orders.lock(command.order_id)
    if order is None:
        return
    if not MOVES.allows("auto_cancel", order.state):
        await note_without_effect(uow, order, "not_paid_ignored", "payments", now)
        return
    order = await keep_order(uow, order, order.auto_cancel(at=now), "auto_cancel", "payments", now)
    await close_unpaid_order(uow, order.id, "not_paid", "system", now)
