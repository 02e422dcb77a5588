"""A seller did not answer its buyer in time: the part is delivered as ordered (row C5)."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.cancellation_request import DeclineReason
from orders.domain.seller_order import MOVES
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class LapseCancellation:
    """The seller order about which an answer is due."""

    seller_order_id: Id


async def lapse_cancellation(command: LapseCancellation, uow: UnitOfWork, now: datetime) -> None:
    """Declined, unless it was answered, has ended or has left meanwhile."""
    _, part = await lock_seller_order(uow, command.seller_order_id)
    if part.has_open_request and MOVES.allows("decline_cancellation", part.state):
        moved = part.decline_cancellation(DeclineReason.NO_ANSWER, at=now)
        await keep_seller_order(uow, part, moved, "decline_cancellation", "timer", now)
