"""How a use case of a buyer gets hold of its order."""

from chassis.kernel.ids import Id
from orders.domain.errors import OrderNotFound
from orders.domain.order import Order
from orders.use_cases.ports import UnitOfWork


async def lock_order(uow: UnitOfWork, order_id: Id, buyer_id: Id) -> Order:
    """The order, locked; raises OrderNotFound, also for another buyer's."""
    order = await uow.orders.lock(order_id)
    if order is None or order.buyer_id != buyer_id:
        raise OrderNotFound(id=str(order_id))
    return order
