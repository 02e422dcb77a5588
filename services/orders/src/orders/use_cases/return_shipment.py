"""A parcel went back to its sender: the sale ends, and payments gives the buyer its money back."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.use_cases.move_parcel import SILENCE, move_parcel, the_parcel
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class ReturnShipment:
    """`refused`: the buyer sent it away, in a market where that ends the sale at once; the goods are still under way."""

    shipment_id: Id
    refused: bool = False


async def return_shipment(command: ReturnShipment, uow: UnitOfWork, now: datetime) -> None:
    """RETURNED, and its devices may ship again; a repeat changes nothing."""
    parcel = await the_parcel(uow, command.shipment_id)
    if not parcel.may("bring_back"):
        return
    moved = parcel.shipment.bring_back(refused=command.refused)
    await move_parcel(uow, parcel, moved, parcel.part.bring_back(at=now), "bring_back", "carrier", now)
    await uow.shipments.free_units(parcel.shipment.id)
    await uow.timers.cancel(SILENCE, parcel.shipment.id)
