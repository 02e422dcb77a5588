"""How a use case moves a parcel that has left: it is locked with its order, and what happened to it is told once."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from orders.domain.errors import ShipmentNotFound
from orders.domain.order import Order
from orders.domain.seller_order import MOVES as PART_MOVES
from orders.domain.seller_order import SellerOrder
from orders.domain.shipment import MOVES, Shipment
from orders.use_cases.follow_seller_orders import follow_seller_orders
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.ports import UnitOfWork

# No news for long enough: the deadline is older than the rule that looks at scans.
SILENCE = "delivered_fallback"


@dataclass(frozen=True)
class Parcel:
    """A shipment with what it belongs to, all read under the order's lock."""

    order: Order
    part: SellerOrder
    shipment: Shipment

    def may(self, move: str) -> bool:
        """Whether the parcel is where this can happen; what comes late or twice is passed over."""
        return MOVES.allows(move, self.shipment.state)

    def part_may(self, move: str) -> bool:
        """Whether its seller order takes the step too."""
        return PART_MOVES.allows(move, self.part.state)


async def the_parcel(uow: UnitOfWork, shipment_id: Id) -> Parcel:
    """Raises ShipmentNotFound."""
    seen = await uow.shipments.find(shipment_id)
    if seen is None:
        raise ShipmentNotFound(id=str(shipment_id))
    order, part = await lock_seller_order(uow, seen.seller_order_id)
    shipment = await uow.shipments.find(shipment_id)
    assert shipment is not None, "a shipment is never removed"
    return Parcel(order, part, shipment)


async def move_parcel(
    uow: UnitOfWork,
    parcel: Parcel,
    moved: tuple[Shipment, DomainEvent],
    part_moved: tuple[SellerOrder, DomainEvent] | None,
    move: str,
    actor: str,
    now: datetime,
) -> None:
    """Save and tell; `part_moved` is None where the seller order stays where it is."""
    after, event = moved
    await uow.shipments.save(after)
    uow.publish(event)
    if part_moved is not None:
        await keep_seller_order(uow, parcel.part, part_moved, move, actor, now)
        await follow_seller_orders(uow, parcel.order, now)
