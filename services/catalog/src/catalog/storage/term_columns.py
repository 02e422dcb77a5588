"""Columns ↔ the terms of an offer beside its price."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from catalog.domain.terms import ALL_COUNTRIES, PLAIN, Coming, Levy, LevyKind, Option, OptionKind, SaleTerms, Tier
from catalog.use_cases.ports import OfferView
from chassis.kernel.money import Money

NAMES = (
    "price_tiers", "min_order_quantity", "pack_size", "floor_price_minor", "floor_price_currency", "accessories",
    "in_refurbishment", "options", "levies",
)  # fmt: skip
AS_JSON = ("price_tiers", "in_refurbishment", "options", "levies")
# As text, in the order of NAMES: for reads by position. No accessory's name holds a comma: they are codes.
READ = ", ".join(
    f"o.{name}::text"
    if name in AS_JSON
    else f"array_to_string(o.{name}, ',')"
    if name == "accessories"
    else f"o.{name}"
    for name in NAMES
)
# What nearly all offers have in these columns.
_PLAIN_READ = ("{}", 1, 1, None, None, None, "[]", "[]", "{}")


def terms_columns(terms: SaleTerms) -> dict[str, Any]:
    """The columns as JSON."""
    floor = terms.floor_price
    return {
        "price_tiers": {
            country: [[n, price.minor] for n, price in tiers] for country, tiers in terms.price_tiers.items()
        },
        "min_order_quantity": terms.min_order_quantity,
        "pack_size": terms.pack_size,
        "floor_price_minor": floor.minor if floor else None,
        "floor_price_currency": floor.currency if floor else None,
        "accessories": None if terms.accessories is None else list(terms.accessories),
        "in_refurbishment": [[one.quantity, one.ready_on.isoformat()] for one in terms.in_refurbishment],
        "options": [
            {"code": one.code, "kind": one.kind, "title": one.title, "price": [one.price.minor, one.price.currency]}
            for one in terms.options
        ],
        "levies": {
            country: [[levy.kind, levy.amount.minor, levy.amount.currency] for levy in levies]
            for country, levies in terms.levies.items()
        },
    }


def terms_read(columns: Sequence[Any], price: Money, prices: Mapping[str, Money]) -> SaleTerms:
    """From the columns of READ, by position; the same object for all that have nothing beside their price."""
    if tuple(columns) == _PLAIN_READ:
        return PLAIN
    named = dict(zip(NAMES, columns, strict=True))
    named |= {name: json.loads(named[name]) for name in AS_JSON}
    if named["accessories"] is not None:
        named["accessories"] = [code for code in named["accessories"].split(",") if code]
    return terms_of(named, price, prices)


def terms_of(row: Mapping[str, Any], price: Money, prices: Mapping[str, Money]) -> SaleTerms:
    """From the columns by name, their JSON read; tiers are in the currency of the price they refine."""
    floor = row["floor_price_minor"]
    terms = SaleTerms(
        price_tiers={country: _tiers(country, tiers, price, prices) for country, tiers in row["price_tiers"].items()},
        min_order_quantity=row["min_order_quantity"],
        pack_size=row["pack_size"],
        floor_price=None if floor is None else Money(floor, row["floor_price_currency"]),
        accessories=None if row["accessories"] is None else tuple(row["accessories"]),
        in_refurbishment=tuple(Coming(units, date.fromisoformat(day)) for units, day in row["in_refurbishment"]),
        options=tuple(
            Option(one["code"], OptionKind(one["kind"]), one["title"], Money(*one["price"])) for one in row["options"]
        ),
        levies={
            country: tuple(Levy(LevyKind(kind), Money(minor, currency)) for kind, minor, currency in levies)
            for country, levies in row["levies"].items()
        },
    )
    return PLAIN if terms == PLAIN else terms


def offer_view(row: Sequence[Any], country: str) -> OfferView:
    """A view, from its columns and at the end those of tiers and of prices of single countries."""
    tiers, prices = row[-2:]
    if tiers == "{}":
        return OfferView(*row[:-2])
    named = json.loads(tiers)
    own = () if country in json.loads(prices) else named.get(ALL_COUNTRIES, ())
    shown: list[Any] = [*row[:-2], [(n, minor) for n, minor in named.get(country, own)]]
    return OfferView(*shown)


def _tiers(country: str, tiers: Sequence[Sequence[int]], price: Money, prices: Mapping[str, Money]) -> tuple[Tier, ...]:
    refined = price if country == ALL_COUNTRIES else prices.get(country, price)
    return tuple(Tier(n, Money(minor, refined.currency)) for n, minor in tiers)
