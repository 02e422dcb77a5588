"""Terms of sale beside the price: quantity tiers, how many at once, the seller's floor, the box, options and levies."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from chassis.kernel.money import Money

# The key of the tiers that refine the price for all countries.
ALL_COUNTRIES = ""


class Tier(NamedTuple):
    """From so many units on, each costs this."""

    from_quantity: int
    price: Money


class Coming(NamedTuple):
    """Units that are still being refurbished. They are shown and never sold before a count says that they are there."""

    quantity: int
    ready_on: date


class OptionKind(StrEnum):
    """What a buyer may choose with a unit."""

    OPERATING_SYSTEM = "operating_system"
    ACCESSORY = "accessory"
    OTHER = "other"


class Option(NamedTuple):
    """Something to be had with each unit of a line, for `price` a unit (which may be nothing)."""

    code: str
    kind: OptionKind
    title: str
    price: Money


class LevyKind(StrEnum):
    """What the law asks of every unit, included in its price and shown apart from it."""

    ECO_CONTRIBUTION = "eco_contribution"
    PRIVATE_COPYING = "private_copying"


class Levy(NamedTuple):
    """A levy of one country for one unit, as the seller declares it. The table that sets it goes by weight and kind of the
    device, which only the seller knows."""

    kind: LevyKind
    amount: Money


class TermsPatch(NamedTuple):
    """What a line of a push says about terms: what is None was not sent and stays. The fields are those of SaleTerms; a
    floor of nothing takes the floor away."""

    price_tiers: Mapping[str, tuple[Tier, ...]] | None = None
    min_order_quantity: int | None = None
    pack_size: int | None = None
    floor_price: Money | None = None
    accessories: tuple[str, ...] | None = None
    in_refurbishment: tuple[Coming, ...] | None = None
    options: tuple[Option, ...] | None = None
    levies: Mapping[str, tuple[Levy, ...]] | None = None


class SaleTerms(NamedTuple):
    """`accessories` None: the seller lists none, and so promises what each market asks for."""

    price_tiers: Mapping[str, tuple[Tier, ...]] = MappingProxyType({})
    min_order_quantity: int = 1
    pack_size: int = 1
    floor_price: Money | None = None
    accessories: tuple[str, ...] | None = None
    in_refurbishment: tuple[Coming, ...] = ()
    options: tuple[Option, ...] = ()
    levies: Mapping[str, tuple[Levy, ...]] = MappingProxyType({})

    def changed(self, patch: TermsPatch) -> "SaleTerms":
        """These terms with what the line sent."""
        terms = SaleTerms._make(old if new is None else new for old, new in zip(self, patch, strict=True))
        return (
            terms._replace(floor_price=None) if terms.floor_price is not None and not terms.floor_price.minor else terms
        )

    def coming(self, today: date) -> tuple[Coming, ...]:
        """Units being refurbished that may still be ready on their day; what is overdue is no promise to anybody."""
        return tuple(one for one in self.in_refurbishment if one.ready_on >= today)

    def chosen(self, codes: tuple[str, ...]) -> tuple[Option, ...] | None:
        """The options of these codes in their order; None where one is not offered."""
        known = {option.code: option for option in self.options}
        return tuple(known[code] for code in codes) if all(code in known for code in codes) else None


# What nearly all offers have.
PLAIN = SaleTerms()


def tiers_in(tiers: Mapping[str, tuple[Tier, ...]], prices: Mapping[str, Money], country: str) -> tuple[Tier, ...]:
    """A country's own tiers; else those of the price for all countries, where that is the country's price."""
    if country in tiers:
        return tiers[country]
    return () if country in prices else tiers.get(ALL_COUNTRIES, ())
