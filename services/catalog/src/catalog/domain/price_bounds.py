"""How far a price may be from what it is held against, by the rules of the markets it is meant for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from catalog.domain.grades import Scale
from chassis.kernel.money import Money
from chassis.kernel.policy import PolicyPack


class Bounds(NamedTuple):
    """Between these two nobody is asked, both included; percent of another price, or minor units."""

    least: int
    most: int

    def tightened(self, other: "Bounds") -> "Bounds":
        """What keeps to both."""
        return Bounds(max(self.least, other.least), min(self.most, other.most))

    def of(self, money: Money) -> "Bounds":
        """These percents of an amount, in hundredths of its minor units."""
        return Bounds(money.minor * self.least, money.minor * self.most)


class PriceOnSale(NamedTuple):
    """What offers of one product in one grade cost at the moment: the middle one of them."""

    grade: str
    price: Money


@dataclass(frozen=True, slots=True)
class PriceGuard:
    """The price guard of a market, or of several at once. `move` holds a new price against the old one of its offer, `first`
    the first price of an offer against what its product costs elsewhere, both in percent; `plausible` holds the first price
    of a product that nobody sells, by category and currency, in minor units. Keys as in `markets/schema.toml`."""

    move: Bounds
    first: Bounds
    plausible: Mapping[tuple[str, str], Bounds]
    rungs: Scale

    def tightened(self, other: "PriceGuard") -> "PriceGuard":
        """The guard that asks wherever one of both does."""
        shared = {key: self.plausible.get(key, bounds).tightened(bounds) for key, bounds in other.plausible.items()}
        return PriceGuard(
            self.move.tightened(other.move),
            self.first.tightened(other.first),
            {**self.plausible, **shared},
            {**self.rungs, **other.rungs},
        )

    def comparable(self, grade: str, currency: str, on_sale: Iterable[PriceOnSale]) -> PriceOnSale | None:
        """What a first price is held against: the same grade, else the nearest one on the ladder, the worse of two."""
        own = self.rungs.get(grade)
        if own is None:
            return None
        known = [
            one for one in on_sale if one.price.currency == currency and one.grade in self.rungs and one.price.minor
        ]
        return min(known, key=lambda one: (abs(self.rungs[one.grade] - own), -self.rungs[one.grade]), default=None)


def price_guard_of(pack: PolicyPack, ladder: Scale) -> PriceGuard:
    """The guard of a market pack, with the ladder of all markets' grades."""
    return PriceGuard(
        move=Bounds(pack.integer("prices.guard_falls_to_percent"), pack.integer("prices.guard_rises_to_percent")),
        first=Bounds(pack.integer("prices.first_guard_least_percent"), pack.integer("prices.first_guard_most_percent")),
        plausible={
            (one["category"], one["currency"]): Bounds(one["least_minor"], one["most_minor"])
            for one in pack.records("prices.first_plausible")
        },
        rungs=ladder,
    )
