"""What should have left by now is late: both sides hear of it, and after some days its buyer need not wait (1.6, row F8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.kernel.ids import Id
from orders.domain.cancellation import free_from
from orders.domain.seller_order import MOVES, SellerOrder
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.ports import UnitOfWork

LATE_SHIPMENT_TIMER = "late_shipment"
# The date is the last second in which it may leave.
_A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class MarkLate:
    """The seller order whose ship-by date is over."""

    seller_order_id: Id


async def mark_late(command: MarkLate, uow: UnitOfWork, now: datetime) -> None:
    """Late, once, unless it has left, has ended, has time anew, or waits for an answer: see `watch_ship_by`."""
    order, part = await lock_seller_order(uow, command.seller_order_id)
    is_over = part.ship_by is not None and part.ship_by < now
    if part.late_at is None and is_over and MOVES.allows("mark_late", part.state):
        rules = uow.rules.of_version(order.policy_version)
        await keep_seller_order(uow, part, part.mark_late(free_from(part, rules), at=now), "mark_late", "timer", now)


async def watch_ship_by(uow: UnitOfWork, part: SellerOrder) -> None:
    """Look again when it should have left: also after a parcel that was named stayed, because its card was not charged, and
    after its seller was asked about another address, which gave it its time to ship anew."""
    if part.late_at is None and part.ship_by is not None:
        await uow.timers.set(LATE_SHIPMENT_TIMER, part.id, part.ship_by + _A_SECOND)
