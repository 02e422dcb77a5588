"""Months end on the day with the same number, or on the last one of a month that has no such day."""

from datetime import UTC, datetime

import pytest

from aftersales.domain.days import months_after
from chassis.kernel.calendar import calendar


@pytest.mark.parametrize(
    ("start", "months", "until"),
    [
        ("2026-07-01", 12, "2027-07-01T21:59:59"),
        ("2026-11-20", 2, "2027-01-20T22:59:59"),
        ("2026-12-31", 2, "2027-02-28T22:59:59"),
        ("2028-02-29", 12, "2029-02-28T22:59:59"),
        ("2027-08-31", 6, "2028-02-29T22:59:59"),
        # A Saturday, and Christmas Day: no day is skipped.
        ("2026-12-25", 12, "2027-12-25T22:59:59"),
        ("2026-01-15", 11, "2026-12-15T22:59:59"),
    ],
)
def test_months_after_a_delivery_in_france(start: str, months: int, until: str) -> None:
    delivered_at = datetime.fromisoformat(f"{start}T10:00:00+00:00")
    expected = datetime.fromisoformat(until).replace(tzinfo=UTC)
    assert months_after(calendar("FR"), delivered_at, months).due_at == expected


def test_the_local_day_of_the_delivery_counts() -> None:
    # Half an hour before midnight in UTC it is the first of the month in Paris already.
    delivered_at = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert months_after(calendar("FR"), delivered_at, 12).due_at == datetime(2027, 12, 1, 22, 59, 59, tzinfo=UTC)
