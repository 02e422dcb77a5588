"""What a buyer company spent in a month, on what, and what buying refurbished instead of new avoids."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from chassis.kernel.ids import Id
from orders.domain.approval import month_around
from orders.domain.money import Totals, sum_of

K = TypeVar("K")

MONTH = re.compile(r"^20\d\d-(0[1-9]|1[0-2])$")


@dataclass(frozen=True, slots=True)
class PaidPart:
    """What one seller sold in a paid order. A program is no person."""

    order_id: Id
    seller_id: Id
    person_id: Id | None
    cost_centre: str | None
    currency: str
    totals: Totals
    units_by_category: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Sums:
    """What some parts come to together; an order of two sellers is one order."""

    currency: str
    orders: int
    units: int
    totals: Totals


@dataclass(frozen=True, slots=True)
class Share(Generic[K]):
    """What one cost centre, person or seller stands for, in one currency."""

    key: K
    sums: Sums


def totals_of(parts: Iterable[PaidPart]) -> list[Sums]:
    """In all, a row for each currency."""
    return [one.sums for one in shares_of(parts, lambda part: None)]


def shares_of(parts: Iterable[PaidPart], key: Callable[[PaidPart], K]) -> list[Share[K]]:
    """By whatever `key` tells, and by currency: the largest first. Shares of one currency add up to its total."""
    groups = defaultdict[tuple[str, K], list[PaidPart]](list)
    for part in parts:
        groups[part.currency, key(part)].append(part)
    shares = [Share(about, _sums(currency, group)) for (currency, about), group in groups.items()]
    return sorted(shares, key=lambda one: (one.sums.currency, -one.sums.totals.gross, str(one.key)))


def units_of(parts: Iterable[PaidPart]) -> Counter[str]:
    """Devices by category."""
    return sum((Counter(part.units_by_category) for part in parts), Counter())


def _sums(currency: str, parts: Sequence[PaidPart]) -> Sums:
    return Sums(
        currency=currency,
        orders=len({part.order_id for part in parts}),
        units=units_of(parts).total(),
        totals=sum_of(part.totals for part in parts),
    )


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures come from; `published` is a month."""

    title: str
    publisher: str
    published: str
    url: str


@dataclass(frozen=True, slots=True)
class Avoided:
    """Grams of CO2 equivalent per year of use that these units avoid; None where the source has no figure."""

    category: str
    units: int
    grams_per_unit: int | None

    @property
    def grams(self) -> int | None:
        """Of all units together."""
        return None if self.grams_per_unit is None else self.units * self.grams_per_unit


@dataclass(frozen=True, slots=True)
class AvoidedEmissions:
    """What a refurbished device avoids against a new one, by category, in grams of CO2 equivalent per year of use."""

    source: Source
    grams_per_year: Mapping[str, int]

    def of(self, units_by_category: Mapping[str, int]) -> list[Avoided]:
        """By category. What the source does not tell is counted and not guessed."""
        return [
            Avoided(category, units, self.grams_per_year.get(category))
            for category, units in sorted(units_by_category.items())
        ]


def month_of(named: str | None, now: datetime, zone: str) -> tuple[str, datetime, datetime]:
    """A month's name (`2026-11`, see MONTH), its first instant in that place and that of the next one; the present month
    where none is named."""
    within = datetime.strptime(named, "%Y-%m").replace(day=15, tzinfo=UTC) if named else now
    since, until = month_around(within, zone)
    return f"{within.astimezone(ZoneInfo(zone)):%Y-%m}", since, until
