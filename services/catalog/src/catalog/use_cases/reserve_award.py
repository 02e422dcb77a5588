"""An order was made of an award: hold what was awarded at the terms of the quotes, once."""

from datetime import datetime

from catalog.domain.award_reservation import refusal_of_award, refuse_award
from catalog.domain.award_reservation import reserve_award as reserve
from catalog.domain.reservation import PlacedOrder, ReservationState
from catalog.use_cases.ports import CatalogUnit
from chassis.kernel.ids import Id


async def reserve_award(order: PlacedOrder, award_id: Id, uow: CatalogUnit, now: datetime) -> None:
    """The request is locked first: of two orders of one award the second finds it used."""
    request = await uow.quotes.requests.locked_with_award(award_id)
    refusal = refusal_of_award(request, order, now)
    if refusal is not None or request is None or request.award is None:
        reservation, refused = refuse_award(order, refusal or "award_unknown", now)
        await uow.reservations.open(reservation)
        uow.publish(refused)
        return
    wanted = {line.terms.offer_id for line in request.award.lines}
    offers = {one.offer.id: one for one in await uow.offers.with_ids(wanted)}
    reservation, event = reserve(order, request.award, offers, now)
    await uow.reservations.open(reservation)
    uow.publish(event)
    if reservation.state is ReservationState.HELD:
        ordered, told = request.order(order.order_id, at=now)
        await uow.quotes.requests.save(ordered)
        uow.publish(told)
