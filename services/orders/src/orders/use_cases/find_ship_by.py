"""Payments asks how long a reservation on a card would have to hold."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.errors import OrderNotFound
from orders.domain.seller_order import last_ship_by
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class FindShipBy:
    """The order that a card was authorised for."""

    order_id: Id


async def find_ship_by(query: FindShipBy, uow: UnitOfWork, now: datetime) -> datetime:
    """When the last parcel would have to leave if the order were secured now. Raises OrderNotFound."""
    order = await uow.orders.find(query.order_id)
    parts = await uow.seller_orders.of_order(query.order_id)
    if order is None or not parts:
        raise OrderNotFound(id=str(query.order_id))
    return last_ship_by(parts, uow.rules.of_version(order.policy_version), now)
