"""The hold's deadline has passed: payments is asked for a definite answer. Nothing is cancelled here."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.order import MOVES
from orders.use_cases.keep_order import keep_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class ExpireHold:
    """The order whose deadline came."""

    order_id: Id


async def expire_hold(command: ExpireHold, uow: UnitOfWork, now: datetime) -> None:
    """EXPIRY_PENDING, unless the order was paid or cancelled in the meantime."""
    order = await uow.orders.lock(command.order_id)
    if order is None or not MOVES.allows("expire", order.state):
        return
    await keep_order(uow, order, order.expire(at=now), "expire", "timer", now)
    await uow.timers.cancel("hold_reminder", order.id)
