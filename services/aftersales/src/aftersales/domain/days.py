"""Deadlines counted in calendar days and months; those in business days come from the kernel's calendar."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chassis.kernel.calendar import Calendar, Deadline


def days_after(place: Calendar, start: datetime, days: int) -> Deadline:
    """The end of the n-th day after the local day of `start`; weekends and holidays count."""
    return _end_of(place, place.local_day(start) + timedelta(days=days))


def months_after(place: Calendar, start: datetime, months: int) -> Deadline:
    """The end of the day with the same number, n months later, or of that month's last day where it has no such day.

    Regulation (EEC, Euratom) No 1182/71, art. 3(2)(c), says so for periods in months.
    """
    first = place.local_day(start)
    years, month = divmod(first.month - 1 + months, 12)
    year, month = first.year + years, month + 1
    return _end_of(place, date(year, month, min(first.day, monthrange(year, month)[1])))


def _end_of(place: Calendar, day: date) -> Deadline:
    zone = ZoneInfo(place.zone)
    return Deadline(
        due_at=datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC),
        acts_at=datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC),
        calendar_version=place.version,
    )
