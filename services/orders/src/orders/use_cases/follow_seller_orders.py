"""A paid order goes as far as its seller orders have come."""

from datetime import datetime

from orders.domain.order import Order, reach
from orders.domain.progress import derived_state
from orders.use_cases.keep_order import keep_order
from orders.use_cases.ports import UnitOfWork


async def follow_seller_orders(uow: UnitOfWork, order: Order, now: datetime) -> Order:
    """The order after that. The caller holds the order's lock."""
    reached = derived_state(await uow.seller_orders.states_of_order(order.id))
    if reached is order.state:
        return order
    return await keep_order(uow, order, order.progress(reached, at=now), reach(reached), "system", now)
