"""What a carrier's message means for the parcel it names."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.delivery_terms import LossReason, failure_reason
from orders.domain.shipment import ShipmentState
from orders.use_cases.deliver_shipment import DeliverShipment, deliver_shipment
from orders.use_cases.fail_delivery import FailDelivery, fail_delivery
from orders.use_cases.judge_silence import scanned_at, silence_ends
from orders.use_cases.lose_shipment import LoseShipment, lose_shipment
from orders.use_cases.move_parcel import SILENCE
from orders.use_cases.ports import CarrierMessage, UnitOfWork
from orders.use_cases.resume_delivery import ResumeDelivery, resume_delivery
from orders.use_cases.return_shipment import ReturnShipment, return_shipment

# Where a parcel ends it has ended, whatever was scanned before; anything else is about where it is now.
_ENDS = ("delivered", "returned")


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
    """The parcel goes where the scan says. One that a later scan overtook, or that is told twice, is kept and changes nothing."""
    earlier = await uow.carrier_messages.scans_of(shipment_id)
    await uow.carrier_messages.settle(message.id, "matched", shipment_id)
    overtaken = any(scanned_at(one) > scanned_at(message) for one in earlier)
    repeated = any((one.status, scanned_at(one)) == (message.status, scanned_at(message)) for one in earlier)
    if repeated or (overtaken and message.status not in _ENDS):
        return
    match message.status:
        case "delivered":
            await deliver_shipment(DeliverShipment(shipment_id, message.at or now), uow, now)
        case "returned":
            await return_shipment(ReturnShipment(shipment_id), uow, now)
        case "lost":
            await lose_shipment(LoseShipment(shipment_id, LossReason.CARRIER), uow, now)
        case "delivery_failed":
            await fail_delivery(FailDelivery(shipment_id, failure_reason(message.reason)), uow, now)
        case "in_transit":
            await resume_delivery(ResumeDelivery(shipment_id), uow, now)
    await _listen_on(message, shipment_id, uow)


async def _listen_on(message: CarrierMessage, shipment_id: Id, uow: UnitOfWork) -> None:
    """From a scan on, silence means something else than before, and begins anew."""
    shipment = await uow.shipments.find(shipment_id)
    if shipment is None or not shipment.is_under_way:
        return
    order = await uow.orders.find(shipment.order_id)
    assert order is not None, "a shipment has an order"
    await uow.timers.set(SILENCE, shipment_id, silence_ends(order, shipment, scanned_at(message), uow))
