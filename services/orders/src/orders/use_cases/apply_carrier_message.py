"""What a carrier's message means for the parcel it names."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.shipment import ShipmentState
from orders.use_cases.deliver_shipment import DeliverShipment, deliver_shipment
from orders.use_cases.ports import CarrierMessage, UnitOfWork


@dataclass(frozen=True)
class ApplyCarrierMessage:
    """A message that was stored."""

    message_id: Id


async def apply_carrier_message(command: ApplyCarrierMessage, uow: UnitOfWork, now: datetime) -> None:
    """Applies it, or leaves it unmatched until a seller ships the parcel it names."""
    message = await uow.carrier_messages.find(command.message_id)
    if message is None or message.state != "received":
        return
    assert message.carrier is not None, "a readable message names its carrier"
    assert message.tracking_number is not None, "a readable message names its parcel"
    await uow.carrier_messages.take_turn(message.carrier, message.tracking_number)
    shipment = await uow.shipments.find_parcel(message.carrier, message.tracking_number)
    # A parcel that waits for the buyer's card has not left, whatever a scanner says; it is looked at again when it leaves.
    if shipment is None or shipment.state is ShipmentState.ANNOUNCED:
        await uow.carrier_messages.settle(message.id, "unmatched", None)
        return
    await apply_to_shipment(message, shipment.id, uow, now)


async def apply_to_shipment(message: CarrierMessage, shipment_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """A delivery is carried out; other scans are kept with the parcel and change nothing."""
    if message.status == "delivered":
        await deliver_shipment(DeliverShipment(shipment_id, message.at or now), uow, now)
    await uow.carrier_messages.settle(message.id, "matched", shipment_id)
