"""The buy box: a published formula says which of several offers of the same thing is the best one. Integers only.

An offer's score is what it costs the buyer, plus a surcharge in hundredths of a percent for each thing that is less than the best
there can be: days until it leaves, months of warranty, battery, and how its seller has kept its word. The lowest score wins; of
two equal ones, the offer that was there first. The weights belong to a version, and a decision names its version for ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from catalog.domain.seller_record import SellerRecord, share
from chassis.kernel.ids import Id

BASIS_POINTS = 10_000
_PERCENT = 100


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """Weights in basis points of what the buyer pays (100 are one percent). A changed weight is a new version: there is one
    formula of each."""

    version: int
    # For each business day until dispatch, up to a number of days.
    dispatch_day: int
    dispatch_days_most: int
    # For each month below the longest warranty that counts.
    warranty_month: int
    warranty_months_best: int
    # For each percent of battery health below 100. A health that nobody measured counts as this one.
    battery_percent: int
    battery_unknown: int
    # For each percent of orders that left late, and of orders with a claim.
    late_percent: int
    claim_percent: int
    # Where every seller starts: so many orders, with these shares (in basis points) of late ones and of claims.
    start_orders: int
    start_late: int
    start_claims: int


FORMULAS: Mapping[int, Formula] = MappingProxyType(
    {
        1: Formula(
            version=1,
            dispatch_day=60,
            dispatch_days_most=20,
            warranty_month=20,
            warranty_months_best=36,
            battery_percent=10,
            battery_unknown=80,
            late_percent=10,
            claim_percent=15,
            start_orders=20,
            start_late=500,
            start_claims=300,
        )
    }
)
CURRENT = FORMULAS[1]


class Contender(NamedTuple):
    """An offer as the formula sees it. Money is for `quantity` units in minor units, shares are in basis points.

    `battery_percent` is 100 where the thing has no battery.
    """

    offer_id: Id
    seller_id: Id
    opened_at: datetime
    quantity: int
    unit_price: int
    shipping_fee: int
    dispatch_business_days: int
    warranty_months: int
    battery_percent: int
    late_share: int
    claim_share: int

    @property
    def cost(self) -> int:
        """What the buyer pays for all units: the shipping fee counts once."""
        return self.unit_price * self.quantity + self.shipping_fee


class Surcharges(NamedTuple):
    """What the formula adds, in basis points of the cost."""

    dispatch: int
    warranty: int
    battery: int
    late: int
    claims: int


class Scored(NamedTuple):
    """A contender with its surcharges. `score` is in ten-thousandths of a minor unit, so that nothing is rounded."""

    contender: Contender
    surcharges: Surcharges
    score: int

    def costs_of(self) -> Surcharges:
        """Each surcharge in minor units, rounded down."""
        return Surcharges(*(self.contender.cost * points // BASIS_POINTS for points in self.surcharges))


@lru_cache(maxsize=10_000)
def shares_of(record: SellerRecord, formula: Formula = CURRENT) -> tuple[int, int]:
    """The shares of late orders and of claims that count for a seller with this record."""
    return (
        share(record.late, record.due, formula.start_late, formula.start_orders),
        share(record.claimed, record.due, formula.start_claims, formula.start_orders),
    )


def score(contender: Contender, formula: Formula = CURRENT) -> Scored:
    """The contender's surcharges and score."""
    # In the order of the fields.
    surcharges = Surcharges(
        formula.dispatch_day * min(contender.dispatch_business_days, formula.dispatch_days_most),
        formula.warranty_month * max(0, formula.warranty_months_best - contender.warranty_months),
        formula.battery_percent * (_PERCENT - contender.battery_percent),
        formula.late_percent * contender.late_share // _PERCENT,
        formula.claim_percent * contender.claim_share // _PERCENT,
    )
    return Scored(contender, surcharges, contender.cost * (BASIS_POINTS + sum(surcharges)))


def ranked(contenders: Iterable[Contender], formula: Formula = CURRENT) -> list[Scored]:
    """The best first, whatever order they came in."""
    return sorted((score(one, formula) for one in contenders), key=_place)


def _place(one: Scored) -> tuple[int, datetime, Id]:
    return one.score, one.contender.opened_at, one.contender.offer_id


class BoxState(StrEnum):
    """How an offer stands among those of the same thing."""

    WON = "won"
    LOST = "lost"
    # It wins for want of rivals.
    ALONE = "alone"
    NOT_COMPETING = "not_competing"


class Standing(NamedTuple):
    """How one offer stands against its rivals.

    `price_to_win` is the highest price of a unit at which it wins with all else as it is: None where it has no rival, or where no
    price is low enough.
    """

    own: Scored
    place: int
    of: int
    # The best of the others.
    rival: Scored | None
    price_to_win: int | None

    @property
    def state(self) -> BoxState:
        """As the figures say; whether the offer can be bought at all is not asked here."""
        if self.rival is None:
            return BoxState.ALONE
        return BoxState.WON if self.place == 1 else BoxState.LOST


def standing(own: Contender, others: Sequence[Contender], formula: Formula = CURRENT) -> Standing:
    """How `own` would stand among `others`, which do not hold it."""
    mine = score(own, formula)
    rivals = ranked(others, formula)
    place = 1 + sum(1 for one in rivals if _place(one) < _place(mine))
    best = rivals[0] if rivals else None
    return Standing(mine, place, len(rivals) + 1, best, price_to_win(mine, best) if best else None)


def price_to_win(own: Scored, rival: Scored) -> int | None:
    """The highest price of a unit, in minor units, at which `own` is ranked before `rival`; None where even one minor unit is too
    much."""
    factor = BASIS_POINTS + sum(own.surcharges)
    # Equal scores are enough for whoever was there first.
    wins_ties = _place(own)[1:] < _place(rival)[1:]
    most = rival.score if wins_ties else rival.score - 1
    price = (most // factor - own.contender.shipping_fee) // own.contender.quantity
    return price if price > 0 else None
