"""The rules that terms of sale keep in every market, and which of them an offer breaks."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from catalog.domain.policies import Violation
from catalog.domain.terms import ALL_COUNTRIES, PLAIN, TermsPatch
from chassis.kernel.money import Money, decimal_text

if TYPE_CHECKING:
    from catalog.domain.offer import Offer

# How tiers of the price for all countries are called where "" would be a riddle.
ALL_COUNTRIES_NAME = "all"


def broken_terms(offer: "Offer") -> Iterator[Violation]:
    """Every rule by name, with the field that breaks it; `market` is null, for these hold wherever the offer is sold."""
    if offer.terms is PLAIN:
        return
    yield from _tiers(offer)
    yield from _floor(offer)
    yield from _options(offer)
    yield from _levies(offer)


def overdue(patch: TermsPatch, today: date) -> Iterator[Violation]:
    """Units announced for a day that is over. Asked of what a line says, not of what was said once and has become late."""
    for n, coming in enumerate(patch.in_refurbishment or ()):
        if coming.ready_on < today:
            detail = f"{coming.ready_on} is over: count what is ready as quantity, or name a later day"
            yield _broken("in_refurbishment", f"/in_refurbishment/{n}/ready_on", detail)


def _tiers(offer: "Offer") -> Iterator[Violation]:
    for country, tiers in offer.terms.price_tiers.items():
        pointer = f"/price_tiers/{country or ALL_COUNTRIES_NAME}"
        base = offer.price if country == ALL_COUNTRIES else offer.price_in(country)
        before = (1, base)
        for n, tier in enumerate(tiers):
            if tier.price.currency != base.currency:
                yield _broken("price_tiers", f"{pointer}/{n}", f"must be in {base.currency}, as the price it refines")
                break
            if tier.from_quantity <= before[0]:
                yield _broken("price_tiers", f"{pointer}/{n}", f"must begin above {before[0]} units")
            if tier.price.minor >= before[1].minor:
                yield _broken("price_tiers", f"{pointer}/{n}", "must be below the price for fewer units")
            before = (tier.from_quantity, tier.price)


def _floor(offer: "Offer") -> Iterator[Violation]:
    floor = offer.terms.floor_price
    if floor is None:
        return
    if floor.currency != offer.price.currency:
        yield _broken("floor_price", "/floor_price", f"must be in {offer.price.currency}, as the price is")
        return
    for pointer, price in _every_price(offer):
        # A floor says nothing about prices in other currencies: there is no rate to compare them by.
        if price.currency == floor.currency and price.minor < floor.minor:
            yield _broken("floor_price", pointer, f"{_text(price)} is below your own floor of {_text(floor)}")


def _every_price(offer: "Offer") -> Iterator[tuple[str, Money]]:
    yield "/price", offer.price
    for country, price in offer.prices.items():
        yield f"/prices/{country}", price
    for country, tiers in offer.terms.price_tiers.items():
        for n, tier in enumerate(tiers):
            yield f"/price_tiers/{country or ALL_COUNTRIES_NAME}/{n}", tier.price


def _options(offer: "Offer") -> Iterator[Violation]:
    seen: set[str] = set()
    currencies = {price.currency for price in (offer.price, *offer.prices.values())}
    for n, option in enumerate(offer.terms.options):
        if option.code in seen:
            yield _broken("options", f"/options/{n}/code", f"{option.code} stands there twice")
        seen.add(option.code)
        # An order has one currency: an option in another one could never be added up.
        if option.price.minor and currencies != {option.price.currency}:
            yield _broken("options", f"/options/{n}/price", "must be in the currency of every price")


def _levies(offer: "Offer") -> Iterator[Violation]:
    for country, levies in offer.terms.levies.items():
        price = lowest_price(offer, country)
        pointer = f"/levies/{country}"
        if len({levy.kind for levy in levies}) < len(levies):
            yield _broken("levies", pointer, "each kind of levy stands there once")
        if any(levy.amount.currency != price.currency for levy in levies):
            yield _broken("levies", pointer, f"must be in {price.currency}, as the price that includes them")
        elif sum(levy.amount.minor for levy in levies) > price.minor:
            yield _broken("levies", pointer, f"are above {_text(price)}, the lowest price that includes them")


def lowest_price(offer: "Offer", country: str) -> Money:
    """What a unit costs in the country in the largest quantity."""
    tiers = offer.tiers_in(country)
    return tiers[-1].price if tiers else offer.price_in(country)


def _text(money: Money) -> str:
    return f"{decimal_text(money.minor, money.currency)} {money.currency}"


def _broken(rule: str, pointer: str, detail: str) -> Violation:
    return {"rule": rule, "market": None, "pointer": pointer, "detail": f"{rule}: {detail}"}
