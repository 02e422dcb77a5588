"""The seller cannot deliver what was paid: its part of the order ends, and the buyer's money goes back."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.cancellation import must_free_seller
from orders.domain.seller_order import MOVES
from orders.use_cases.end_paid_part import end_paid_part
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class CancelSellerOrder:
    """Who gives up what, and why: a code of the market's."""

    seller_id: Id
    seller_order_id: Id
    reason: str


async def cancel_seller_order(command: CancelSellerOrder, uow: UnitOfWork, now: datetime) -> Id:
    """CANCELLED by its seller. Raises SellerOrderNotFound, SellerOrderMoveRefused, CancellationReasonNotAccepted or
    DelayComesFirst.
    """
    order, part = await lock_seller_order(uow, command.seller_order_id, command.seller_id)
    MOVES.after("end", part.state)
    must_free_seller(part, command.reason, uow.rules.of_version(order.policy_version), now)
    await end_paid_part(uow, order, part, command.reason, "seller", now)
    return part.id
