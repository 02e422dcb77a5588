"""An order was placed: hold all its units, or none and say which could not be had."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from catalog.domain.offer import StockedOffer
from catalog.domain.policies import MarketRules
from catalog.domain.reservation import PlacedOrder, reserve
from catalog.domain.shares import BuyersHold
from catalog.use_cases.ports import CatalogUnit
from catalog.use_cases.reserve_award import reserve_award
from chassis.kernel.ids import Id


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
    rules = uow.rulebook.of(order.market, now.date())
    reservation, event = reserve(order, offers, rules, now, await _hold(order, offers, rules, uow, now))
    await uow.reservations.open(reservation)
    uow.publish(event)


async def _hold(
    order: PlacedOrder, offers: Mapping[Id, StockedOffer], rules: MarketRules, uow: CatalogUnit, now: datetime
) -> BuyersHold | None:
    cap = rules.share_cap(order.trust_tier)
    if cap is None or order.buyer_id is None or not offers:
        return None
    wanted: dict[Id, int] = defaultdict(int)
    for line in order.lines:
        if line.offer_id in offers:
            wanted[offers[line.offer_id].offer.seller_id] += line.quantity
    held = await uow.reservations.units_held(order.buyer_id, {*offers, *wanted})
    # What a seller has on sale is a sum over its whole shelf: nobody asks for it while it cannot matter.
    looked_at = [id for id, units in wanted.items() if held[id] + units > cap.counts_above_units]
    on_sale = await uow.reservations.units_on_sale(looked_at, now) if looked_at else {}
    return BuyersHold(cap, held, on_sale)
