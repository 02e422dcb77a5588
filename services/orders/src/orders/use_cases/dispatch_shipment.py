"""The buyer's card was charged for a parcel that waited: it leaves."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.shipment import MOVES
from orders.use_cases.follow_parcel import follow_parcel
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class DispatchShipment:
    """An announced parcel."""

    shipment_id: Id


async def dispatch_shipment(command: DispatchShipment, uow: UnitOfWork, now: datetime) -> None:
    """As if it had been shipped now; a repeated answer changes nothing."""
    seen = await uow.shipments.find(command.shipment_id)
    if seen is None:
        return
    order, part = await lock_seller_order(uow, seen.seller_order_id)
    await uow.carrier_messages.take_turn(seen.carrier, seen.tracking_number)
    shipment = await uow.shipments.find(command.shipment_id)
    assert shipment is not None, "a shipment is never removed"
    if not MOVES.allows("dispatch", shipment.state):
        return
    shipment, left = shipment.dispatch(part.vat_by_line, at=now)
    await uow.shipments.save(shipment)
    uow.publish(left)
    await keep_seller_order(uow, part, part.ship(shipment.id, at=now), "ship", "payments", now)
    await follow_parcel(order, shipment, uow, now)
