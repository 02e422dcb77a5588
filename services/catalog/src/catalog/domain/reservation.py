"""Reservations: an order's units are held all together or not at all, with the terms of that moment."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from catalog.domain.errors import ReservationClosed
from catalog.domain.events import ReservationConsumed, ReservationHeld, ReservationRefused, ReservationReleased
from catalog.domain.offer import StockedOffer
from catalog.domain.policies import MarketRules
from catalog.domain.shares import BuyersHold, ShareRefusal, WantedUnits, over_share
from catalog.domain.terms import Levy, Option
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.kernel.state import StateTable

Reason = Literal[
    "unknown_offer",
    "country_not_served",
    "seller_not_active",
    "offer_not_live",
    "currency",
    "unknown_option",
    "below_minimum_quantity",
    "not_in_packs",
    "price_changed",
    "not_enough_stock",
    "offer_share_limit",
    "seller_share_limit",
]
# Nothing is wrong with the order but how much its buyer holds already.
SHARE_LIMIT: Literal["stock_share_limit"] = "stock_share_limit"


class ReservationState(StrEnum):
    """A refused reservation is kept too, so that a repeated order gets the same answer."""

    REFUSED = "refused"
    HELD = "held"
    CONSUMED = "consumed"
    RELEASED = "released"


MOVES = StateTable(
    {
        ("consume", ReservationState.HELD): ReservationState.CONSUMED,
        ("release", ReservationState.HELD): ReservationState.RELEASED,
    },
    ReservationClosed,
)


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """What the buyer asked for; `unit_price` is the price it saw, options included, or None where it takes today's."""

    line_no: int
    offer_id: Id
    quantity: int
    unit_price: Money | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order that waits for its stock."""

    order_id: Id
    market: str
    price_country: str
    currency: str
    lines: tuple[OrderedLine, ...]
    buyer_id: Id | None = None
    # Instead of lines: what the buyer was awarded is ordered, and where it is to go.
    award_id: Id | None = None
    delivery_country: str | None = None
    # How far `orders` trusts the buyer; decides what it may hold unpaid.
    trust_tier: str | None = None

    def units_by_offer(self) -> dict[Id, int]:
        """How many units its lines ask for together."""
        units: dict[Id, int] = defaultdict(int)
        for line in self.lines:
            units[line.offer_id] += line.quantity
        return units


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A held line with the offer's terms of that moment; they stay the order's, whatever the seller changes later."""

    line_no: int
    offer_id: Id
    seller_id: Id
    sku: str
    title: str
    category: str
    grade: str
    quantity: int
    unit_price: Money
    vat_regime: str
    ship_from: str
    warranty_months: int
    dispatch_business_days: int
    # The day on which units are ready that a quote promised while they were being refurbished.
    ready_on: date | None = None
    # Chosen, and paid with the unit price; and what of that price is a levy of the price country.
    options: tuple[Option, ...] = ()
    levies: tuple[Levy, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that could not be had, with the first reason why.

    Where it is a share of the stock: `held` is what the buyer holds unpaid, and `held_max` the most.
    """

    line_no: int
    offer_id: Id
    requested: int
    available: int
    reason: Reason
    held: int | None = None
    held_max: int | None = None


@dataclass(frozen=True, slots=True)
class Reservation:
    """The units of one order; its id is the order's."""

    id: Id
    version: int
    state: ReservationState
    held_at: datetime
    units: tuple[tuple[Id, int], ...] = ()
    # Whose unpaid units they are; nobody counts those of an award, which its seller gave.
    buyer_id: Id | None = None

    def consume(self, at: datetime) -> tuple["Reservation", ReservationConsumed]:
        """The order is secured: held units are sold."""
        return self._moved("consume"), ReservationConsumed(aggregate_id=self.id, seq=self.version + 1, at=at)

    def release(self, reason: str) -> tuple["Reservation", ReservationReleased]:
        """The order will not be paid: held units are free again."""
        return self._moved("release"), ReservationReleased(aggregate_id=self.id, seq=self.version + 1, reason=reason)

    def _moved(self, move: str) -> "Reservation":
        return replace(self, version=self.version + 1, state=MOVES.after(move, self.state))


@dataclass(frozen=True, slots=True)
class LineToday:
    """A line as it could be ordered today: `terms` are today's, None where there is no price for what is asked."""

    line_no: int
    offer_id: Id
    available: int
    reason: Reason | None
    terms: HeldLine | None


# The line cannot be had as it is asked for, but it has a price.
_PRICED = frozenset({None, "below_minimum_quantity", "not_in_packs", "price_changed", "not_enough_stock"})


def look(
    order: PlacedOrder, offers: Mapping[Id, StockedOffer], rules: MarketRules
) -> tuple[tuple[LineToday, ...], tuple[tuple[Id, Money], ...]]:
    """Each line by itself, by the rules of `reserve`; with the shipping fees of the sellers of whom some line can be had."""
    requested = order.units_by_offer()
    seen = []
    for line in order.lines:
        units, stocked = requested[line.offer_id], offers.get(line.offer_id)
        reason = _reason(line, units, stocked, order, rules)
        terms = _held(line, units, stocked, order, rules) if stocked is not None and reason in _PRICED else None
        seen.append(LineToday(line.line_no, line.offer_id, _available(stocked), reason, terms))
    had = {one.offer_id: offers[one.offer_id] for one in seen if one.reason is None}
    return tuple(seen), _fees(had, order.currency)


def reserve(
    order: PlacedOrder,
    offers: Mapping[Id, StockedOffer],
    rules: MarketRules,
    now: datetime,
    hold: BuyersHold | None = None,
) -> tuple[Reservation, ReservationHeld | ReservationRefused]:
    """Hold every line, or refuse with every line that cannot be had; with `hold` also what is more than the buyer's share.

    Units are summed per offer first, so that two lines cannot both count on the last unit, and together earn the price of
    their quantity.
    """
    requested = order.units_by_offer()
    refused = [
        RefusedLine(line.line_no, line.offer_id, line.quantity, _available(offers.get(line.offer_id)), reason)
        for line in order.lines
        if (reason := _reason(line, requested[line.offer_id], offers.get(line.offer_id), order, rules))
    ]
    if refused:
        event = ReservationRefused(aggregate_id=order.order_id, seq=1, lines=tuple(refused))
        return Reservation(order.order_id, 1, ReservationState.REFUSED, now), event
    if hold is not None and (over := over_share(wanted_units(requested, offers), hold)):
        lines = tuple(_over(line, over[line.offer_id], offers) for line in order.lines if line.offer_id in over)
        event = ReservationRefused(aggregate_id=order.order_id, seq=1, lines=lines, reason=SHARE_LIMIT)
        return Reservation(order.order_id, 1, ReservationState.REFUSED, now), event
    held = tuple(_held(line, requested[line.offer_id], offers[line.offer_id], order, rules) for line in order.lines)
    units = tuple(sorted(requested.items()))
    reservation = Reservation(order.order_id, 1, ReservationState.HELD, now, units, order.buyer_id)
    fees = _fees(offers, order.currency)
    return reservation, ReservationHeld(aggregate_id=order.order_id, seq=1, lines=held, shipping=fees)


def wanted_units(requested: Mapping[Id, int], offers: Mapping[Id, StockedOffer]) -> list[WantedUnits]:
    """What is asked for of offers that there are."""
    return [
        WantedUnits(id, found.offer.seller_id, quantity, found.stock.available + found.stock.held)
        for id, quantity in requested.items()
        if (found := offers.get(id)) is not None
    ]


def _over(line: OrderedLine, refusal: ShareRefusal, offers: Mapping[Id, StockedOffer]) -> RefusedLine:
    available = _available(offers.get(line.offer_id))
    return RefusedLine(
        line.line_no, line.offer_id, line.quantity, available, refusal.reason, refusal.held, refusal.held_max
    )


def _available(stocked: StockedOffer | None) -> int:
    return stocked.stock.available if stocked else 0


def _reason(
    line: OrderedLine, requested: int, stocked: StockedOffer | None, order: PlacedOrder, rules: MarketRules
) -> Reason | None:
    if stocked is None:
        return "unknown_offer"
    offer = stocked.offer
    if order.market not in offer.markets or order.price_country not in rules.price_countries:
        return "country_not_served"
    if not stocked.seller_is_active:
        return "seller_not_active"
    if offer.paused:
        return "offer_not_live"
    price = offer.price_for(order.price_country, requested)
    chosen = offer.terms.chosen(line.options)
    if order.currency != price.currency or (line.unit_price and line.unit_price.currency != order.currency):
        return "currency"
    if chosen is None:
        return "unknown_option"
    if requested < offer.terms.min_order_quantity:
        return "below_minimum_quantity"
    if requested % offer.terms.pack_size:
        return "not_in_packs"
    if line.unit_price and line.unit_price.minor < price.minor + _surcharge(chosen):
        return "price_changed"
    if requested > stocked.stock.available:
        return "not_enough_stock"
    return None


def _held(line: OrderedLine, requested: int, stocked: StockedOffer, order: PlacedOrder, rules: MarketRules) -> HeldLine:
    offer = stocked.offer
    chosen = offer.terms.chosen(line.options) or ()
    price = offer.price_for(order.price_country, requested)
    return HeldLine(
        line_no=line.line_no,
        offer_id=offer.id,
        seller_id=offer.seller_id,
        sku=offer.sku,
        title=offer.product.spec.title,
        category=offer.product.spec.category,
        # The market's own word: orders, papers and invoices speak it.
        grade=rules.grade(offer.grade) or offer.grade,
        quantity=line.quantity,
        # A buyer who saw a higher price pays today's lower one (policy row B9).
        unit_price=Money(price.minor + _surcharge(chosen), price.currency),
        vat_regime=offer.vat_regime,
        ship_from=offer.ship_from,
        warranty_months=offer.warranty_months,
        dispatch_business_days=offer.dispatch_business_days,
        options=chosen,
        levies=offer.terms.levies.get(order.price_country, ()),
    )


def _surcharge(chosen: tuple[Option, ...]) -> int:
    # An option that costs something is in the currency of every price (see `term_rules`).
    return sum(option.price.minor for option in chosen)


def _fees(offers: Mapping[Id, StockedOffer], currency: str) -> tuple[tuple[Id, Money], ...]:
    # A seller ships its part of the order in one parcel, so its highest fee counts, once.
    highest: dict[Id, int] = {}
    for stocked in offers.values():
        offer = stocked.offer
        highest[offer.seller_id] = max(highest.get(offer.seller_id, 0), offer.shipping_fee.minor)
    return tuple((seller, Money(fee, currency)) for seller, fee in sorted(highest.items()))
