"""Stock: what a seller counted, what open orders hold, what was sold since, and what is therefore free.

available = max(0, counted − held − sold), shortage = max(0, held + sold − counted), where `counted` is the seller's last
figure, `held` are the units of open holds and `sold` those of orders secured since the count. Every change of a
figure is a movement; the figures are the fold of the movements.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from catalog.domain.errors import NotEnoughStock
from chassis.kernel.ids import Id


class MovementKind(StrEnum):
    """What happened to the units."""

    PUSHED = "pushed"
    ADJUSTED = "adjusted"
    HELD = "held"
    RELEASED = "released"
    SOLD = "sold"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the stock book. It is never changed.

    `quantity` is the change of the counted figure for pushed and adjusted (it may be negative or zero) and the number of
    units for the others. `at` is the instant of the count, of the hold, or of the money: what is returned has that of its
    sale. `cause_id` is the push or order.
    """

    offer_id: Id
    kind: MovementKind
    quantity: int
    at: datetime
    cause_id: Id


class Stock(NamedTuple):
    """The figures of one offer, in units. `counted_at` is the instant the seller's figure is right for; `as_of` that of its
    newest line, which may have left the count alone."""

    offer_id: Id
    counted: int
    counted_at: datetime
    as_of: datetime
    available: int = 0
    held: int = 0
    sold: int = 0
    shortage: int = 0

    def recount(self, quantity: int, at: datetime, sold_since: int) -> "Stock":
        """The seller counted `quantity` units at `at`, before `sold_since` units of later orders left or will leave: its
        newest line."""
        free = quantity - self.held - sold_since
        free, short = (free, 0) if free > 0 else (0, -free)
        return Stock(self.offer_id, quantity, at, at, free, self.held, sold_since, short)

    def hold(self, units: int) -> "Stock":
        """Put units aside for an order; never more than are free."""
        if units > self.available:
            raise NotEnoughStock(offer_id=str(self.offer_id), requested=units, available=self.available)
        return _balanced(self._replace(held=self.held + units))

    def release(self, units: int) -> "Stock":
        """Give held units back; where the seller has lowered the count meanwhile, the shortage shrinks first."""
        return _balanced(self._replace(held=self.held - units))

    def sell(self, units: int, at: datetime) -> "Stock":
        """The money for held units came at `at`. A sale before the count is in the seller's figure already."""
        sold = self.sold + units if at >= self.counted_at else self.sold
        return _balanced(self._replace(held=self.held - units, sold=sold))

    def take_back(self, units: int, sold_at: datetime) -> "Stock":
        """Units that were sold at `sold_at` stay with their seller. What it counted after that is its own word about them."""
        sold = self.sold - units if sold_at >= self.counted_at else self.sold
        return _balanced(self._replace(sold=sold))

    def figures(self) -> tuple[int, int, int, int, int]:
        """Counted, available, held, sold, shortage: what the law is about."""
        return (self.counted, self.available, self.held, self.sold, self.shortage)


def fold(offer_id: Id, movements: Iterable[Movement]) -> Stock | None:
    """The figures that follow from the movements in the order they were written; None before the first count."""
    stock: Stock | None = None
    sales: list[Movement] = []
    for movement in movements:
        match movement.kind:
            case MovementKind.PUSHED | MovementKind.ADJUSTED:
                before = stock or Stock(offer_id, 0, movement.at, movement.at)
                sold_since = sum(sale.quantity for sale in sales if sale.at >= movement.at)
                stock = before.recount(before.counted + movement.quantity, movement.at, sold_since)
            case MovementKind.HELD:
                assert stock is not None, "nothing is held before it was counted"
                stock = stock.hold(movement.quantity)
            case MovementKind.RELEASED:
                assert stock is not None, "nothing is released before it was held"
                stock = stock.release(movement.quantity)
            case MovementKind.SOLD:
                assert stock is not None, "nothing is sold before it was held"
                stock = stock.sell(movement.quantity, movement.at)
                sales.append(movement)
            case MovementKind.RETURNED:
                assert stock is not None, "nothing is returned before it was sold"
                stock = stock.take_back(movement.quantity, movement.at)
                sales.append(replace(movement, quantity=-movement.quantity))
    return stock


def _balanced(stock: Stock) -> Stock:
    assert stock.held >= 0, "more units were given back than held"
    assert stock.sold >= 0, "more units were returned than sold"
    free = stock.counted - stock.held - stock.sold
    return stock._replace(available=max(0, free), shortage=max(0, -free))
