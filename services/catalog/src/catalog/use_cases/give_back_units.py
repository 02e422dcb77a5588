"""A paid part of an order is not delivered though its units are there: they can be sold again."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.reservation import ReservationState
from catalog.domain.stock import Movement, MovementKind
from catalog.use_cases.consume_reservation import ConsumeReservation, consume_reservation
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class GiveBackUnits:
    """The offers of one seller in an order, and when its money was secured."""

    order_id: Id
    offer_ids: tuple[Id, ...]
    secured_at: datetime


async def give_back_units(command: GiveBackUnits, uow: CatalogUnit, now: datetime) -> bool:
    """Whether there were units to give back; what a quote promised before it was in stock is nobody's here.

    The part may end before we hear that its order was secured: then the units are sold first.
    """
    await consume_reservation(ConsumeReservation(command.order_id, command.secured_at), uow, now)
    reservation = await uow.reservations.locked(command.order_id)
    if reservation is None or reservation.state is not ReservationState.CONSUMED:
        return False
    units = {offer: quantity for offer, quantity in reservation.units if offer in command.offer_ids}
    sold_at = max(command.secured_at, reservation.held_at)
    stocks = [one.stock.take_back(units[one.offer.id], sold_at) for one in await uow.offers.with_ids(units)]
    movements = [
        Movement(offer, MovementKind.RETURNED, quantity, sold_at, reservation.id) for offer, quantity in units.items()
    ]
    await uow.stock.write(stocks, movements, now)
    return bool(units)
