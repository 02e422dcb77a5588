"""How a use case gets hold of a seller order: its order is locked first, so that changes of one order take turns."""

from chassis.kernel.ids import Id
from orders.domain.errors import SellerOrderNotFound
from orders.domain.order import Order
from orders.domain.seller_order import SellerOrder
from orders.use_cases.ports import UnitOfWork


async def lock_seller_order(
    uow: UnitOfWork, seller_order_id: Id, seller_id: Id | None = None
) -> tuple[Order, SellerOrder]:
    """The locked order and the seller order; raises SellerOrderNotFound, also for another seller's."""
    seen = await uow.seller_orders.find(seller_order_id)
    if seen is None or (seller_id is not None and seen.seller_id != seller_id):
        raise SellerOrderNotFound(id=str(seller_order_id))
    order = await uow.orders.lock(seen.order_id)
    # Read again: only what is read after the lock is what will be written over.
    part = await uow.seller_orders.find(seller_order_id)
    assert order is not None, "a seller order has an order"
    assert part is not None, "a seller order is never removed"
    return order, part
