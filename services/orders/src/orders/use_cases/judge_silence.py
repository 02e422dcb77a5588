"""Nothing was heard of a parcel for long enough: it counts as delivered, or, where its carrier did scan it once, as lost.

Both rules are of section 1.6. A carrier that never scanned the parcel scans none, so that its silence says nothing: the parcel
is taken to have arrived. One that followed it, and then no longer, has lost it: had it arrived, there would be a scan.
"""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.delivery_terms import LossReason
from orders.domain.order import Order
from orders.domain.shipment import Shipment
from orders.use_cases.deliver_shipment import DeliverShipment, deliver_shipment
from orders.use_cases.lose_shipment import LoseShipment, lose_shipment
from orders.use_cases.move_parcel import SILENCE, the_parcel
from orders.use_cases.ports import CarrierMessage, UnitOfWork


@dataclass(frozen=True)
class JudgeSilence:
    """The parcel whose deadline has come."""

    shipment_id: Id


async def judge_silence(command: JudgeSilence, uow: UnitOfWork, now: datetime) -> None:
    """Delivered, lost, or, where a scan came meanwhile, asked again later."""
    parcel = await the_parcel(uow, command.shipment_id)
    if not parcel.shipment.is_under_way:
        return
    scans = await uow.carrier_messages.scans_of(parcel.shipment.id)
    if not scans:
        await deliver_shipment(DeliverShipment(parcel.shipment.id), uow, now)
        return
    silent_until = silence_ends(parcel.order, parcel.shipment, max(map(scanned_at, scans)), uow)
    if now < silent_until:
        await uow.timers.set(SILENCE, parcel.shipment.id, silent_until)
        return
    await lose_shipment(LoseShipment(parcel.shipment.id, LossReason.NO_SCAN), uow, now)


def silence_ends(order: Order, shipment: Shipment, last_scan: datetime, uow: UnitOfWork) -> datetime:
    """When a parcel that was scanned last at this instant counts as lost, by the calendar of the place it goes to."""
    rules = uow.rules.of_version(order.policy_version)
    heard = max(last_scan, shipment.dispatched_at or last_scan)
    return (
        rules.calendar_of(shipment.delivery_country)
        .deadline_after(heard, rules.delivery_terms.lost_after_business_days)
        .acts_at
    )


def scanned_at(message: CarrierMessage) -> datetime:
    """The carrier's own time, but never after its message came: its clock may be off."""
    return min(message.at or message.received_at, message.received_at)
