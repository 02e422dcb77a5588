"""The seller neither accepted a paid order nor gave it up in time: the market takes that for a no (row C1)."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.cancellation import NOT_ACCEPTED
from orders.domain.seller_order import SellerOrderState
from orders.use_cases.end_paid_part import end_paid_part
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class LapseAcceptance:
    """The seller order whose time to be accepted is over."""

    seller_order_id: Id


async def lapse_acceptance(command: LapseAcceptance, uow: UnitOfWork, now: datetime) -> None:
    """CANCELLED, unless the seller has answered meanwhile."""
    order, part = await lock_seller_order(uow, command.seller_order_id)
    if part.state is SellerOrderState.AWAITING_ACCEPTANCE:
        await end_paid_part(uow, order, part, NOT_ACCEPTED, "timer", now)
