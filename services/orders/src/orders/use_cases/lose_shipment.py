"""A parcel is lost: the sale ends, and payments gives the buyer its money back."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.delivery_terms import LossReason
from orders.use_cases.move_parcel import SILENCE, move_parcel, the_parcel
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class LoseShipment:
    """Who says so."""

    shipment_id: Id
    reason: LossReason


async def lose_shipment(command: LoseShipment, uow: UnitOfWork, now: datetime) -> None:
    """LOST; a repeat changes nothing. Its devices stay named: who finds them has no right to sell them again."""
    parcel = await the_parcel(uow, command.shipment_id)
    if not parcel.may("lose"):
        return
    actor = "carrier" if command.reason is LossReason.CARRIER else "timer"
    moved = parcel.shipment.lose(command.reason)
    await move_parcel(uow, parcel, moved, parcel.part.lose(at=now), "lose", actor, now)
    await uow.timers.cancel(SILENCE, parcel.shipment.id)
