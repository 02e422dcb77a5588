"""An order was secured: its held units are sold."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.reservation import MOVES
from catalog.domain.stock import Movement, MovementKind
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class ConsumeReservation:
    """The order, and when its money was secured."""

    order_id: Id
    secured_at: datetime


async def consume_reservation(command: ConsumeReservation, uow: CatalogUnit, now: datetime) -> bool:
    """Whether the reservation was still open; one that is consumed, released or refused stays as it is."""
    reservation = await uow.reservations.locked(command.order_id)
    if reservation is None or not MOVES.allows("consume", reservation.state):
        return False
    # Another service's clock may lag behind ours, but no unit is sold before it was held.
    at = max(command.secured_at, reservation.held_at)
    units = dict(reservation.units)
    stocks = [one.stock.sell(units[one.offer.id], at) for one in await uow.offers.with_ids(units)]
    movements = [
        Movement(offer, MovementKind.SOLD, quantity, at, reservation.id) for offer, quantity in reservation.units
    ]
    reservation, event = reservation.consume(at)
    await uow.stock.write(stocks, movements, now)
    await uow.reservations.settle(reservation, now)
    uow.publish(event)
    return True
