"""A parcel has arrived, or counts as arrived because nothing was heard of it for long enough."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.errors import ShipmentNotFound
from orders.domain.shipment import MOVES
from orders.use_cases.follow_seller_orders import follow_seller_orders
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class DeliverShipment:
    """`scanned_at` is the carrier's time of arrival; None where the fallback deadline speaks."""

    shipment_id: Id
    scanned_at: datetime | None = None


async def deliver_shipment(command: DeliverShipment, uow: UnitOfWork, now: datetime) -> None:
    """The shipment and its seller order are DELIVERED; a second scan changes nothing."""
    seen = await uow.shipments.find(command.shipment_id)
    if seen is None:
        raise ShipmentNotFound(id=str(command.shipment_id))
    order, part = await lock_seller_order(uow, seen.seller_order_id)
    shipment = await uow.shipments.find(command.shipment_id)
    assert shipment is not None, "a shipment is never removed"
    if not MOVES.allows("deliver", shipment.state):
        return
    delivered, event = shipment.deliver(command.scanned_at or now, at=now)
    assert delivered.delivered_at is not None, "what arrived has a time of arrival"
    await uow.shipments.save(delivered)
    uow.publish(event)
    actor = "timer" if command.scanned_at is None else "carrier"
    await keep_seller_order(uow, part, part.deliver(delivered.delivered_at, at=now), "deliver", actor, now)
    await follow_seller_orders(uow, order, now)
    await uow.timers.cancel("delivered_fallback", shipment.id)
