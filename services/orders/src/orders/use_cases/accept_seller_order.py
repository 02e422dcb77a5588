"""The seller accepts a paid order, in markets that ask for it."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.use_cases.end_paid_part import ACCEPTANCE_LAPSE
from orders.use_cases.follow_seller_orders import follow_seller_orders
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.mark_late import watch_ship_by
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class AcceptSellerOrder:
    """Who accepts what."""

    seller_id: Id
    seller_order_id: Id


async def accept_seller_order(command: AcceptSellerOrder, uow: UnitOfWork, now: datetime) -> Id:
    """TO_SHIP, with the time to ship from now. Raises SellerOrderNotFound or SellerOrderMoveRefused."""
    order, part = await lock_seller_order(uow, command.seller_order_id, command.seller_id)
    rules = uow.rules.of_version(order.policy_version)
    part = await keep_seller_order(uow, part, part.accept(rules, at=now), "accept", "seller", now)
    await watch_ship_by(uow, part)
    await uow.timers.cancel(ACCEPTANCE_LAPSE, part.id)
    await follow_seller_orders(uow, order, now)
    return part.id
