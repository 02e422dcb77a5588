"""A parcel has arrived, or counts as arrived because nothing was heard of it for long enough."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.use_cases.move_parcel import SILENCE, move_parcel, the_parcel
from orders.use_cases.note_without_effect import note_without_effect
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class DeliverShipment:
    """`scanned_at` is the carrier's time of arrival; None where the fallback deadline speaks."""

    shipment_id: Id
    scanned_at: datetime | None = None


async def deliver_shipment(command: DeliverShipment, uow: UnitOfWork, now: datetime) -> None:
    """The shipment and its seller order are DELIVERED; a second scan changes nothing."""
    parcel = await the_parcel(uow, command.shipment_id)
    shipment = parcel.shipment
    if shipment.is_given_up:
        # Its money is on the way back: somebody has to look at it, so it is not dropped in silence.
        await note_without_effect(uow, parcel.order, "delivery_after_the_end_ignored", "carrier", now)
        return
    if not parcel.may("deliver"):
        return
    moved = shipment.deliver(command.scanned_at or now, at=now)
    delivered_at = moved[0].delivered_at
    assert delivered_at is not None, "what arrived has a time of arrival"
    actor = "timer" if command.scanned_at is None else "carrier"
    await move_parcel(uow, parcel, moved, parcel.part.deliver(delivered_at, at=now), "deliver", actor, now)
    await uow.timers.cancel(SILENCE, shipment.id)
