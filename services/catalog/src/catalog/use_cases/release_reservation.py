"""An order will not be paid: its held units are free again."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.reservation import MOVES
from catalog.domain.stock import Movement, MovementKind
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.return_award import return_award
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class ReleaseReservation:
    """The order, and why: the name of the fact that ended it."""

    order_id: Id
    reason: str


async def release_reservation(command: ReleaseReservation, uow: CatalogUnit, now: datetime) -> bool:
    """Whether the reservation was still open; one that is consumed, released or refused stays as it is."""
    reservation = await uow.reservations.locked(command.order_id)
    if reservation is None or not MOVES.allows("release", reservation.state):
        return False
    units = dict(reservation.units)
    stocks = [one.stock.release(units[one.offer.id]) for one in await uow.offers.with_ids(units)]
    movements = [
        Movement(offer, MovementKind.RELEASED, units, now, reservation.id) for offer, units in reservation.units
    ]
    reservation, event = reservation.release(command.reason)
    await uow.stock.write(stocks, movements, now)
    await uow.reservations.settle(reservation, now)
    uow.publish(event)
    await return_award(reservation.id, uow, now)
    return True
