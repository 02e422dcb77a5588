"""The seller answers a buyer who wants to be free of what it has paid."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.cancellation_request import DeclineReason
from orders.domain.errors import CancellationNotAsked
from orders.domain.seller_order import BUYER_ASKED, MOVES
from orders.use_cases.end_paid_part import CANCELLATION_LAPSE, end_paid_part
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class AnswerCancellation:
    """Whose answer, about what, and whether it lets its buyer go."""

    seller_id: Id
    seller_order_id: Id
    accepts: bool


async def answer_cancellation(command: AnswerCancellation, uow: UnitOfWork, now: datetime) -> Id:
    """CANCELLED by its buyer, or delivered as ordered. Raises SellerOrderNotFound, SellerOrderMoveRefused (it has left, or its
    card is being charged) or CancellationNotAsked.
    """
    order, part = await lock_seller_order(uow, command.seller_order_id, command.seller_id)
    if command.accepts:
        MOVES.after("end", part.state)
        if not part.has_open_request:
            raise CancellationNotAsked
        await end_paid_part(uow, order, part, BUYER_ASKED, "buyer", now)
        return part.id
    moved = part.decline_cancellation(DeclineReason.SELLER, at=now)
    await keep_seller_order(uow, part, moved, "decline_cancellation", "seller", now)
    await uow.timers.cancel(CANCELLATION_LAPSE, part.id)
    return part.id
