"""Totals of an order or of a part of it, in minor units of its one currency."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Totals:
    """net + vat + rounding = gross, which is what the buyer pays.

    `rounding` (BT-114) is zero except where prices include VAT and no net amount gives exactly the displayed price.
    """

    net: int
    vat: int
    rounding: int
    gross: int

    def __post_init__(self) -> None:
        assert self.net + self.vat + self.rounding == self.gross, "the parts must add up to the whole"

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.net + other.net, self.vat + other.vat, self.rounding + other.rounding, self.gross + other.gross
        )


NOTHING = Totals(0, 0, 0, 0)


def sum_of(parts: Iterable[Totals]) -> Totals:
    """The whole of the parts."""
    return sum(parts, NOTHING)
