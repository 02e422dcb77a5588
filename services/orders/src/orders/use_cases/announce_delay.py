"""The seller tells its buyer that a parcel leaves later than promised, before or after it is late (rows C10 and F8)."""

from dataclasses import dataclass
from datetime import date, datetime

from chassis.kernel.ids import Id
from orders.domain.cancellation import is_excused
from orders.domain.cancellation_request import DelayReason
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class AnnounceDelay:
    """Whose parcel, why it is late, and on which day it is expected to leave."""

    seller_id: Id
    seller_order_id: Id
    reason: DelayReason
    expected_on: date


async def announce_delay(command: AnnounceDelay, uow: UnitOfWork, now: datetime) -> Id:
    """Told; the ship-by date stays. Raises SellerOrderNotFound, SellerOrderMoveRefused or DelayEndsInThePast."""
    order, part = await lock_seller_order(uow, command.seller_order_id, command.seller_id)
    excused = is_excused(part, command.reason, uow.rules.of_version(order.policy_version), now)
    moved = part.announce_delay(command.reason, command.expected_on, excused=excused, at=now)
    await keep_seller_order(uow, part, moved, "announce_delay", "seller", now)
    return part.id
