"""How every use case keeps what a seller order's move returned: saved, told in the history, published."""

from datetime import datetime

from chassis.kernel.events import DomainEvent
from orders.domain.seller_order import SellerOrder
from orders.use_cases.ports import HistoryEntry, UnitOfWork


async def keep_seller_order(
    uow: UnitOfWork,
    before: SellerOrder,
    moved: tuple[SellerOrder, DomainEvent],
    move: str,
    actor: str,
    now: datetime,
) -> SellerOrder:
    """The seller order after the move."""
    after, event = moved
    await uow.seller_orders.save(after)
    await uow.history.append(
        HistoryEntry(after.order_id, now, actor, move, before.state, after.state, after.version, after.id)
    )
    uow.publish(event)
    return after
