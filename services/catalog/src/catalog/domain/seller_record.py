"""How a seller has kept its word of late: orders it sent late and orders with a device that came back, of those that were due."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

# The days before today that are looked at. Days are those of UTC, and a record holds for a day.
WINDOW_DAYS = 90
_BASIS_POINTS = 10_000


class SellerRecord(NamedTuple):
    """Seller orders that were due in the window, and of them those that left late or not at all, and those with a claim."""

    due: int = 0
    late: int = 0
    claimed: int = 0


NO_RECORD = SellerRecord()


def window_of(day: date) -> tuple[datetime, datetime]:
    """From when (inclusive) until when (exclusive) orders were due that count on this day."""
    until = datetime.combine(day, time(), UTC)
    return until - timedelta(days=WINDOW_DAYS), until


def share(count: int, due: int, start_share: int, start_orders: int) -> int:
    """The share of orders in basis points, rounded down, as if `start_orders` more had gone at `start_share`: nobody is judged by
    a first order, and the more orders there are, the less that start weighs."""
    return (count * _BASIS_POINTS + start_share * start_orders) // (due + start_orders)
