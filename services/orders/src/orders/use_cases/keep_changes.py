"""How every use case keeps what an aggregate's move returned: saved, told in the history, published."""

from datetime import datetime

from chassis.kernel.events import DomainEvent
from orders.domain.order import Order, OrderState, reach
from orders.domain.progress import derived_state
from orders.domain.seller_order import SellerOrder
from orders.use_cases.ports import HistoryEntry, UnitOfWork


async def keep_order(
    uow: UnitOfWork, before: Order, moved: tuple[Order, DomainEvent], move: str, actor: str, now: datetime
) -> Order:
    """The order after the move; wakes the request that waits for it if it was still reserving."""
    after, event = moved
    await uow.orders.save(after)
    await uow.history.append(HistoryEntry(after.id, now, actor, move, before.state, after.state, after.version))
    uow.publish(event)
    if before.state is OrderState.RESERVING:
        uow.ring(after.id)
    return after


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


async def note_without_effect(uow: UnitOfWork, order: Order, what: str, actor: str, now: datetime) -> None:
    """A fact came that changes nothing by rule; the history says so instead of dropping it in silence."""
    await uow.history.append(HistoryEntry(order.id, now, actor, what, order.state, order.state, order.version))


async def follow_seller_orders(uow: UnitOfWork, order: Order, now: datetime) -> Order:
    """Bring a paid order as far as its seller orders are. The caller holds the order's lock."""
    reached = derived_state(await uow.seller_orders.states_of_order(order.id))
    if reached is order.state:
        return order
    return await keep_order(uow, order, order.progress(reached, at=now), reach(reached), "system", now)
