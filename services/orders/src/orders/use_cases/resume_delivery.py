"""A parcel that could not be delivered is on its way again."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.use_cases.move_parcel import move_parcel, the_parcel
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class ResumeDelivery:
    """The carrier scanned it on its way."""

    shipment_id: Id


async def resume_delivery(command: ResumeDelivery, uow: UnitOfWork, now: datetime) -> None:
    """SHIPPED again; a scan of a parcel that never stood still changes nothing."""
    parcel = await the_parcel(uow, command.shipment_id)
    if not parcel.may("resume"):
        return
    part_moved = parcel.part.resume_delivery(at=now)
    await move_parcel(uow, parcel, parcel.shipment.resume(), part_moved, "resume_delivery", "carrier", now)
