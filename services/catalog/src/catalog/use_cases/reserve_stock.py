"""An order was placed: hold all its units, or none and say which could not be had."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.reservation import PlacedOrder, reserve
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.reserve_award import reserve_award


@dataclass(frozen=True, slots=True)
class ReserveStock:
    """The order that waits."""

    order: PlacedOrder


async def reserve_stock(command: ReserveStock, uow: CatalogUnit, now: datetime) -> None:
    """Once per order: a repeat changes nothing and says nothing new."""
    order = command.order
    if await uow.reservations.locked(order.order_id) is not None:
        return
    if order.award_id is not None:
        await reserve_award(order, order.award_id, uow, now)
        return
    wanted = {line.offer_id for line in order.lines}
    offers = {one.offer.id: one for one in await uow.offers.with_ids(wanted)}
    reservation, event = reserve(order, offers, uow.rulebook.of(order.market, now.date()), now)
    await uow.reservations.open(reservation)
    uow.publish(event)
