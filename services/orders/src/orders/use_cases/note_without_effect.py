"""A fact that changes nothing by rule is told in the history instead of being dropped in silence."""

from datetime import datetime

from orders.domain.order import Order
from orders.use_cases.ports import HistoryEntry, UnitOfWork


async def note_without_effect(uow: UnitOfWork, order: Order, what: str, actor: str, now: datetime) -> None:
    """`what` came from `actor`, and the order stays as it is."""
    await uow.history.append(HistoryEntry(order.id, now, actor, what, order.state, order.state, order.version))
