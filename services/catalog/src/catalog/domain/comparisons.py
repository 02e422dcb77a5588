"""Comparisons for the buy box: which offers are of the same thing, and which of them can be bought."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from catalog.domain.buy_box import CURRENT, Contender, Formula, Scored, ranked, shares_of
from catalog.domain.offer import Offer, StockedOffer
from catalog.domain.product import WITH_BATTERY
from catalog.domain.seller_record import NO_RECORD, SellerRecord
from chassis.kernel.ids import Id

# The price country of all countries for which no offer of the thing has a price of its own.
ALL_OTHER_COUNTRIES = ""
# What most buyers ask for, and what decisions are written for.
ONE_UNIT = 1


class Entry(NamedTuple):
    """An offer with its stock, since when it is there, and its seller's record."""

    stocked: StockedOffer
    opened_at: datetime
    record: SellerRecord = NO_RECORD


class Comparison(NamedTuple):
    """The same thing: a product in a grade, at the prices of one country in one currency."""

    product_id: Id
    grade: str
    market: str
    price_country: str
    currency: str


class Hindrance(StrEnum):
    """Why an offer cannot be bought in a market, and so does not compete."""

    SELLER_NOT_ACTIVE = "seller_not_active"
    NOT_IN_MARKET = "not_in_market"
    PAUSED = "paused"
    OUT_OF_STOCK = "out_of_stock"
    NOT_ENOUGH_STOCK = "not_enough_stock"
    BELOW_LEAST_QUANTITY = "below_least_quantity"
    NOT_IN_FULL_PACKS = "not_in_full_packs"


class Decision(NamedTuple):
    """Who wins a comparison, and everybody who took part, best first."""

    formula: int
    ranking: Sequence[Scored]

    @property
    def winner(self) -> Scored | None:
        """None where nothing can be bought."""
        return self.ranking[0] if self.ranking else None

    @property
    def basis(self) -> str:
        """What decides for everybody: the winner's figures, and those of the next one, whom the winner must stay ahead of."""
        told = (self.formula, *(tuple(map(str, one.contender)) for one in self.ranking[:2]))
        return sha256(repr(told).encode()).hexdigest()


def hindrances(stocked: StockedOffer, market: str, quantity: int) -> list[Hindrance]:
    """All that keeps so many units of the offer from being bought in the market."""
    offer, available, terms = stocked.offer, stocked.stock.available, stocked.offer.terms
    found = []
    if not stocked.seller_is_active:
        found.append(Hindrance.SELLER_NOT_ACTIVE)
    if market not in offer.markets:
        found.append(Hindrance.NOT_IN_MARKET)
    if offer.paused:
        found.append(Hindrance.PAUSED)
    if not available:
        found.append(Hindrance.OUT_OF_STOCK)
    elif available < quantity:
        found.append(Hindrance.NOT_ENOUGH_STOCK)
    if quantity < terms.min_order_quantity:
        found.append(Hindrance.BELOW_LEAST_QUANTITY)
    if quantity % terms.pack_size:
        found.append(Hindrance.NOT_IN_FULL_PACKS)
    return found


def comparison_of(offer: Offer, market: str, country: str) -> Comparison:
    """What the offer is compared with there."""
    return Comparison(offer.product.id, offer.grade, market, country, offer.price_in(country).currency)


def contender(entry: Entry, country: str, quantity: int, formula: Formula = CURRENT) -> Contender:
    """The offer as the formula sees it, at the price of so many units."""
    offer = entry.stocked.offer
    late, claims = shares_of(entry.record, formula)
    has_battery = offer.product.spec.category in WITH_BATTERY
    known = formula.battery_unknown if offer.battery_health_percent is None else offer.battery_health_percent
    # By position: thousands are compared at once.
    return Contender(
        offer.id,
        offer.seller_id,
        entry.opened_at,
        quantity,
        offer.price_for(country, quantity).minor,
        offer.shipping_fee.minor,
        offer.dispatch_business_days,
        offer.warranty_months,
        known if has_battery else 100,
        late,
        claims,
    )


def competing(entries: Iterable[Entry], comparison: Comparison, quantity: int = ONE_UNIT) -> list[Contender]:
    """Those of the entries that take part in the comparison: the same thing, and to be bought."""
    return [
        contender(entry, comparison.price_country, quantity)
        for entry in entries
        if comparison_of(entry.stocked.offer, comparison.market, comparison.price_country) == comparison
        and not hindrances(entry.stocked, comparison.market, quantity)
    ]


def decide(entries: Sequence[Entry]) -> dict[Comparison, Decision]:
    """Every comparison in which one of these offers takes part, decided for one unit.

    The entries are all offers of their products. A country has a comparison of its own where some offer has a price for it.
    """
    decisions = {}
    for (product_id, grade), things in _by_thing(entries).items():
        found: dict[tuple[str, str, str], list[Contender]] = defaultdict(list)
        countries = {ALL_OTHER_COUNTRIES, *(country for entry in things for country in entry.stocked.offer.prices)}
        for entry in things:
            offer = entry.stocked.offer
            markets = [market for market in offer.markets if not hindrances(entry.stocked, market, ONE_UNIT)]
            for country in countries if markets else ():
                one = contender(entry, country, ONE_UNIT)
                currency = offer.price_in(country).currency
                for market in markets:
                    found[market, country, currency].append(one)
        for at, contenders in found.items():
            decisions[Comparison(product_id, grade, *at)] = Decision(CURRENT.version, ranked(contenders))
    return decisions


def _by_thing(entries: Iterable[Entry]) -> Mapping[tuple[Id, str], list[Entry]]:
    things: dict[tuple[Id, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        things[entry.stocked.offer.product.id, entry.stocked.offer.grade].append(entry)
    return things
