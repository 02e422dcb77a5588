"""The claim window of a delivery is over: the seller order is complete."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.seller_order import MOVES
from orders.use_cases.follow_seller_orders import follow_seller_orders
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.note_without_effect import note_without_effect
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class CompleteSellerOrder:
    """The seller order whose window closed."""

    seller_order_id: Id


async def complete_seller_order(command: CompleteSellerOrder, uow: UnitOfWork, now: datetime) -> None:
    """COMPLETED, and the order with the last of them. Raises SellerOrderNotFound."""
    order, part = await lock_seller_order(uow, command.seller_order_id)
    if not MOVES.allows("complete", part.state):
        await note_without_effect(uow, order, "claim_window_closed_ignored", "aftersales", now)
        return
    await keep_seller_order(uow, part, part.complete(at=now), "complete", "aftersales", now)
    await follow_seller_orders(uow, order, now)
