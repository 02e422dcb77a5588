"""How every use case keeps what an order's move returned: saved, told in the history, published."""

from datetime import datetime

from chassis.kernel.events import DomainEvent
from orders.domain.order import UNSETTLED, Order
from orders.use_cases.ports import HistoryEntry, UnitOfWork


async def keep_order(
    uow: UnitOfWork, before: Order, moved: tuple[Order, DomainEvent], move: str, actor: str, now: datetime
) -> Order:
    """The order after the move; wakes the request that waits for it once it is settled."""
    after, event = moved
    await uow.orders.save(after)
    await uow.history.append(HistoryEntry(after.id, now, actor, move, before.state, after.state, after.version))
    uow.publish(event)
    if before.state in UNSETTLED and after.state not in UNSETTLED:
        uow.ring(after.id)
    return after
