"""Business days and the deadlines made of them, with each place's own holidays and time zone.

A business day is Monday to Friday minus public holidays ("jour ouvré"). Every deadline carries the
version of the calendar that made it: it is stored with the deadline, so that a newer holiday table
never moves a promise that was already given.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.metadata import version
from zoneinfo import ZoneInfo

import holidays

from chassis.kernel.errors import Invalid

_TARGET = "TARGET"
_LAST_SECOND = time(23, 59, 59)
_HOLIDAY_TABLE = f"holidays-{version('holidays')}"

# The zone of the capital, or of the named region where that differs. The TARGET system keeps Frankfurt time.
_ZONES = {
    _TARGET: "Europe/Berlin",
    "AT": "Europe/Vienna",
    "BE": "Europe/Brussels",
    "BG": "Europe/Sofia",
    "CY": "Asia/Nicosia",
    "CZ": "Europe/Prague",
    "DE": "Europe/Berlin",
    "DK": "Europe/Copenhagen",
    "EE": "Europe/Tallinn",
    "ES": "Europe/Madrid",
    "ES-CN": "Atlantic/Canary",
    "FI": "Europe/Helsinki",
    "FR": "Europe/Paris",
    "GB": "Europe/London",
    "GR": "Europe/Athens",
    "HR": "Europe/Zagreb",
    "HU": "Europe/Budapest",
    "IE": "Europe/Dublin",
    "IT": "Europe/Rome",
    "LT": "Europe/Vilnius",
    "LU": "Europe/Luxembourg",
    "LV": "Europe/Riga",
    "MT": "Europe/Malta",
    "NL": "Europe/Amsterdam",
    "PL": "Europe/Warsaw",
    "PT": "Europe/Lisbon",
    "PT-20": "Atlantic/Azores",
    "PT-30": "Atlantic/Madeira",
    "RO": "Europe/Bucharest",
    "SE": "Europe/Stockholm",
    "SI": "Europe/Ljubljana",
    "SK": "Europe/Bratislava",
    "US": "America/New_York",
}


class UnknownCalendar(Invalid):
    """The id names no calendar, or one that would silently miss holidays."""

    code = "unknown_calendar"
    title = "There is no business day calendar of that name"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A frozen promise: until when something may be done, and when the platform acts if it was not.

    `due_at` is 23:59:59 local time of the last day, `acts_at` the local midnight that follows; both in UTC.
    """

    due_at: datetime
    acts_at: datetime
    calendar_version: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """The business days of one place; get one from `calendar(id)`, which checks the id."""

    id: str
    zone: str

    @property
    def version(self) -> str:
        """Such as `holidays-0.108/FR`: which table of holidays, and whose."""
        return f"{_HOLIDAY_TABLE}/{self.id}"

    def local_day(self, at: datetime) -> date:
        """The day it is at this place at an aware instant."""
        return self._local(at).date()

    def is_business_day(self, day: date) -> bool:
        """Monday to Friday, and no public holiday here."""
        return day.weekday() < 5 and day not in _holidays_of(self.id)

    def add_business_days(self, day: date, n: int) -> date:
        """The n-th business day after `day`, which itself does not count; n = 0 is `day` or the next business day."""
        assert n >= 0, "business days are counted forward"
        if n == 0:
            return self._business_day_from(day)
        for _ in range(n):
            day = self._business_day_from(day + timedelta(days=1))
        return day

    def deadline_after(self, start: datetime, business_days: int) -> Deadline:
        """The end of the n-th business day after the local day of `start`."""
        return self._end_of(self.add_business_days(self.local_day(start), business_days))

    def same_time_after(self, start: datetime, business_days: int) -> datetime:
        """The same clock time n business days later: what shops call "24 working hours" for n = 1."""
        local = self._local(start)
        day = self.add_business_days(local.date(), business_days)
        return datetime.combine(day, local.time(), local.tzinfo).astimezone(UTC)

    def ship_by(self, secured_at: datetime, cutoff: time = time(13), business_days: int = 0) -> Deadline:
        """The end of the day on which a parcel must leave this place.

        `secured_at` is the later of order and payment confirmation. Work starts the same day up to the cut-off,
        which sharp still counts as before, and on the next business day after it or when that day is none.
        `business_days` is the handling time on top, such as the lead time of a quote.
        """
        local = self._local(secured_at)
        begun = local.date()
        if self.is_business_day(begun) and local.time() > cutoff:
            begun += timedelta(days=1)
        first = self._business_day_from(begun)
        return self._end_of(self.add_business_days(first, business_days))

    def _end_of(self, day: date) -> Deadline:
        zone = ZoneInfo(self.zone)
        return Deadline(
            due_at=datetime.combine(day, _LAST_SECOND, zone).astimezone(UTC),
            acts_at=datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC),
            calendar_version=self.version,
        )

    def _business_day_from(self, day: date) -> date:
        while not self.is_business_day(day):
            day += timedelta(days=1)
        return day

    def _local(self, at: datetime) -> datetime:
        assert at.tzinfo is not None, "an instant without a zone is nobody's time"
        return at.astimezone(ZoneInfo(self.zone))


@lru_cache(maxsize=256)
def calendar(calendar_id: str) -> Calendar:
    """The calendar of a country (`FR`), of a region (`GB-NIR`, `DE-BY`; ISO 3166-2) or of the banks (`TARGET`).

    The United Kingdom has no calendar as a whole: without a region Easter Monday and the August bank holiday
    would be missing, so plain `GB` is refused. Other countries without a region count nation-wide holidays only.
    """
    country, dash, region = calendar_id.partition("-")
    zone = _ZONES.get(calendar_id) or _ZONES.get(country)
    if zone is None or (dash and (country == _TARGET or not region)):
        raise UnknownCalendar(f"{calendar_id!r} is none of the countries that are served", calendar=calendar_id)
    if country == "GB" and not region:
        raise UnknownCalendar("GB needs its region, such as GB-NIR or GB-ENG", calendar=calendar_id)
    if region and region not in holidays.list_supported_countries().get(country, []):
        raise UnknownCalendar(f"{country} has no region {region!r} with holidays of its own", calendar=calendar_id)
    return Calendar(calendar_id, zone)


@lru_cache(maxsize=256)
def _holidays_of(calendar_id: str) -> holidays.HolidayBase:
    # Only the category "public" counts: in Denmark 24 and 31 December are merely "optional".
    if calendar_id == _TARGET:
        return holidays.financial_holidays("ECB")
    country, _, region = calendar_id.partition("-")
    return holidays.country_holidays(country, subdiv=region or None)
