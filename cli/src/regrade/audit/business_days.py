"""Business days, worked out a second time: straight from the holiday tables, with nothing of the platform's calendar."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.metadata import version
from zoneinfo import ZoneInfo

import holidays

# The market calendars there are, each with the zone its days are counted in.
_ZONES = {
    "FR": "Europe/Paris",
    "BE": "Europe/Brussels",
    "NL": "Europe/Amsterdam",
    "DK": "Europe/Copenhagen",
    "DE": "Europe/Berlin",
    "IE": "Europe/Dublin",
    "GB-NIR": "Europe/London",
}


def knows(calendar: str) -> bool:
    """Whether the audit can count this calendar's days."""
    return calendar in _ZONES


def table_version() -> str:
    """The holiday tables in use here; a promise made with others cannot be recomputed."""
    return f"holidays-{version('holidays')}"


def last_second(calendar: str, start: datetime, business_days: int) -> datetime:
    """23:59:59 local time of the n-th business day after the local day of `start`, in UTC."""
    zone = ZoneInfo(_ZONES[calendar])
    day = start.astimezone(zone).date()
    left = business_days
    while left > 0:
        day += timedelta(days=1)
        left -= _is_open(calendar, day)
    return _end_of(day, zone)


def last_second_days_later(calendar: str, start: datetime, days: int) -> datetime:
    """23:59:59 local time, so many calendar days after the local day of `start`, in UTC."""
    zone = ZoneInfo(_ZONES[calendar])
    return _end_of(start.astimezone(zone).date() + timedelta(days=days), zone)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)


def _is_open(calendar: str, day: date) -> bool:
    return day.isoweekday() <= 5 and day not in _closed_days(calendar, day.year)


@lru_cache(maxsize=512)
def _closed_days(calendar: str, year: int) -> frozenset[date]:
    country, _, region = calendar.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
