"""The terms of an offer beside its price, as sellers send them and as sellers and buyers read them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from catalog.domain.term_rules import ALL_COUNTRIES_NAME
from catalog.domain.terms import (
    ALL_COUNTRIES,
    Coming,
    Levy,
    LevyKind,
    Option,
    OptionKind,
    SaleTerms,
    TermsPatch,
    Tier,
)
from chassis.kernel.money import Money
from chassis.web.pages import MoneyBody
from chassis.web.text import ONE_LINE

AMOUNT_MAX = 10**10
UNITS_MAX = 1_000_000
_Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
_Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
_Where = Annotated[str, StringConstraints(pattern=rf"^(?:{ALL_COUNTRIES_NAME}|[A-Z]{{2}})$")]
_Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
_Units = Annotated[int, Field(ge=1, le=UNITS_MAX)]


class _Strict(BaseModel, extra="forbid", strict=True):
    """Numbers are numbers: "5" is no quantity."""


class AmountIn(_Strict):
    """Nothing or more, in minor units."""

    amount: int = Field(ge=0, le=AMOUNT_MAX)
    currency: _Currency


class TierPriceIn(AmountIn):
    """More than nothing, in minor units."""

    amount: int = Field(gt=0, le=AMOUNT_MAX)


class TierIn(_Strict):
    """From so many units on, each costs `price`."""

    from_quantity: int = Field(ge=2, le=UNITS_MAX)
    price: TierPriceIn = Field(description="In the currency of the price it refines, and below it")


class ComingIn(_Strict):
    """Units that are being refurbished, and the day on which they will be ready."""

    quantity: _Units
    ready_on: date = Field(strict=False)


class OptionIn(_Strict):
    """What a buyer may choose with each unit of a line."""

    code: _Code
    kind: Literal["operating_system", "accessory", "other"]
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), ONE_LINE]
    price: AmountIn


class LevyIn(_Strict):
    """A levy on each unit, included in its price."""

    kind: Literal["eco_contribution", "private_copying"]
    amount: AmountIn


class TermsIn(_Strict):
    """Fields of a push line; null is as good as not sent."""

    price_tiers: dict[_Where, Annotated[list[TierIn], Field(max_length=20)]] | None = Field(
        default=None,
        max_length=50,
        description="Prices of larger quantities, rising in quantity and falling in price: of the price for all countries "
        '("all") and of single countries; replaces the whole table',
    )
    min_order_quantity: _Units | None = Field(default=None, description="Least units of one order; 1, if never sent")
    pack_size: _Units | None = Field(default=None, description="Units are sold in multiples of it; 1, if never sent")
    floor_price: AmountIn | None = Field(
        default=None,
        description="Your own guard: a line that sets any price below it is refused. An amount of 0 ends it",
    )
    accessories: list[_Code] | None = Field(
        default=None,
        max_length=20,
        description="What is in the box; until you list it, the set that each market asks for, which you then promise",
    )
    in_refurbishment: list[ComingIn] | None = Field(
        default=None, max_length=20, description="Units that are not ready yet; never counted as available"
    )
    options: list[OptionIn] | None = Field(default=None, max_length=20)
    levies: dict[_Country, Annotated[list[LevyIn], Field(max_length=2)]] | None = Field(
        default=None, max_length=50, description="Included in the price, by country; replaces the whole table"
    )


_FIELDS = frozenset(TermsIn.model_fields)
_NOTHING_SAID = TermsPatch()


class TierBody(BaseModel):
    """From so many units on, each costs `price`."""

    from_quantity: int
    price: MoneyBody


class ComingBody(BaseModel):
    """Units being refurbished; `overdue` once their day is over."""

    quantity: int
    ready_on: date
    overdue: bool


class OptionBody(BaseModel):
    """What can be chosen with each unit, for `price` a unit."""

    code: str
    kind: Literal["operating_system", "accessory", "other"]
    title: str
    price: MoneyBody


class LevyBody(BaseModel):
    """Of the price, so much is this levy."""

    kind: Literal["eco_contribution", "private_copying"]
    amount: MoneyBody


class SellerTermsBody(BaseModel):
    """The terms beside the price, for the seller."""

    price_tiers: dict[str, list[TierBody]]
    min_order_quantity: int
    pack_size: int
    floor_price: MoneyBody | None
    accessories: list[str] | None
    in_refurbishment: list[ComingBody]
    options: list[OptionBody]
    levies: dict[str, list[LevyBody]]


def terms_patch(line: Mapping[str, Any]) -> TermsPatch | None:
    """The domain's word for what a line says about terms, in the fields of TermsIn that were sent; None, as nearly always,
    where it says nothing."""
    if _FIELDS.isdisjoint(line):
        return None
    said = line.get
    tiers, floor, accessories, coming = (
        said("price_tiers"),
        said("floor_price"),
        said("accessories"),
        said("in_refurbishment"),
    )
    options, levies_of = said("options"), said("levies")
    patch = TermsPatch(
        price_tiers=None if tiers is None else _tiers(tiers),
        min_order_quantity=said("min_order_quantity"),
        pack_size=said("pack_size"),
        floor_price=None if floor is None else _money(floor),
        accessories=None if accessories is None else tuple(dict.fromkeys(accessories)),
        in_refurbishment=None if coming is None else tuple(Coming(one["quantity"], one["ready_on"]) for one in coming),
        options=None
        if options is None
        else tuple(Option(one["code"], OptionKind(one["kind"]), one["title"], _money(one["price"])) for one in options),
        levies=None
        if levies_of is None
        else {
            country: tuple(Levy(LevyKind(one["kind"]), _money(one["amount"])) for one in levies)
            for country, levies in levies_of.items()
            if levies
        },
    )
    return None if patch == _NOTHING_SAID else patch


def seller_terms_json(terms: SaleTerms, today: date) -> dict[str, Any]:
    """In the shape of SellerTermsBody."""
    return {
        "price_tiers": {
            country or ALL_COUNTRIES_NAME: tiers_json(tiers) for country, tiers in terms.price_tiers.items()
        },
        "min_order_quantity": terms.min_order_quantity,
        "pack_size": terms.pack_size,
        "floor_price": None if terms.floor_price is None else _amount(terms.floor_price),
        "accessories": None if terms.accessories is None else list(terms.accessories),
        "in_refurbishment": [
            {"quantity": one.quantity, "ready_on": one.ready_on, "overdue": one.ready_on < today}
            for one in terms.in_refurbishment
        ],
        "options": options_json(terms.options),
        "levies": {country: levies_json(levies) for country, levies in terms.levies.items()},
    }


def detail_json(terms: SaleTerms, country: str, today: date) -> dict[str, Any]:
    """What OfferDetailBody has of the terms beyond OfferBody."""
    return {
        "in_refurbishment": [
            {"quantity": one.quantity, "ready_on": one.ready_on, "overdue": False} for one in terms.coming(today)
        ],
        "options": options_json(terms.options),
        "levies": levies_json(terms.levies.get(country, ())),
    }


def tiers_json(tiers: Sequence[Tier]) -> list[dict[str, Any]]:
    """In the shape of TierBody."""
    return [{"from_quantity": tier.from_quantity, "price": _amount(tier.price)} for tier in tiers]


def options_json(options: Sequence[Option]) -> list[dict[str, Any]]:
    """In the shape of OptionBody."""
    return [
        {"code": one.code, "kind": str(one.kind), "title": one.title, "price": _amount(one.price)} for one in options
    ]


def levies_json(levies: Sequence[Levy]) -> list[dict[str, Any]]:
    """In the shape of LevyBody."""
    return [{"kind": str(levy.kind), "amount": _amount(levy.amount)} for levy in levies]


def _tiers(sent: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, tuple[Tier, ...]]:
    return {
        ALL_COUNTRIES if where == ALL_COUNTRIES_NAME else where: tuple(
            Tier(tier["from_quantity"], _money(tier["price"])) for tier in tiers
        )
        for where, tiers in sent.items()
        if tiers
    }


def _money(money: Mapping[str, Any]) -> Money:
    return Money(money["amount"], money["currency"])


def _amount(money: Money) -> dict[str, Any]:
    return {"amount": money.minor, "currency": money.currency}
