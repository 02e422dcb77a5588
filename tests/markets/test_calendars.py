"""Every calendar that a shipped market counts by, against the law of its place and a count of its own, 2024 to 2035."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.calendar import calendar
from chassis.policy_files import load_markets
from tests.markets.expected import MARKETS
from tests.markets.holiday_laws import LAWS, SATURDAY

FIRST, LAST = date(2024, 1, 1), date(2035, 12, 31)
LOADED = load_markets(Path(__file__).parents[2] / "markets")
ZONES = {
    "AT": "Europe/Vienna",
    "BE": "Europe/Brussels",
    "DE": "Europe/Berlin",
    "DK": "Europe/Copenhagen",
    "ES": "Europe/Madrid",
    "FI": "Europe/Helsinki",
    "FR": "Europe/Paris",
    "GB-ENG": "Europe/London",
    "GB-NIR": "Europe/London",
    "IE": "Europe/Dublin",
    "IT": "Europe/Rome",
    "LU": "Europe/Luxembourg",
    "NL": "Europe/Amsterdam",
    "PL": "Europe/Warsaw",
    "PT": "Europe/Lisbon",
    "SE": "Europe/Stockholm",
    "TARGET": "Europe/Berlin",
    "US": "America/New_York",
}


def calendars_of(market: str) -> set[str]:
    """The market's own, the banks', and that of each country it delivers to."""
    values = LOADED.pack(market, on=date(2026, 11, 21)).values
    by_country = values["calendars.by_country"]
    delivered = {by_country[country] for country in values["delivery.countries"]}
    return {values["calendars.market"], values["calendars.transfer_refunds"], *delivered}


def works(place: str, day: date) -> bool:
    return day.weekday() < SATURDAY and day not in LAWS[place](day.year)


def business_days_from(place: str, day: date, n: int) -> date:
    """The n-th business day of all those from `day` on, `day` included; n = 1 is the first."""
    while True:
        n -= works(place, day)
        if not n:
            return day
        day += timedelta(days=1)


def first_instant_after(place: str, day: date) -> datetime:
    """By halving: the first second at which the clocks of the place show a later day."""
    zone = ZoneInfo(ZONES[place])
    early = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - 24 * 3_600
    late = early + 4 * 24 * 3_600
    while late - early > 1:
        middle = (early + late) // 2
        if datetime.fromtimestamp(middle, zone).date() > day:
            late = middle
        else:
            early = middle
    return datetime.fromtimestamp(late, UTC)


@pytest.mark.parametrize("place", LAWS)
def test_every_day_of_twelve_years_is_a_business_day_where_the_law_of_the_place_says_so(place: str) -> None:
    here = calendar(place)
    every_day = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    assert [day for day in every_day if here.is_business_day(day) != works(place, day)] == []


@pytest.mark.parametrize("market", MARKETS)
def test_a_market_counts_by_calendars_that_were_held_against_the_law(market: str) -> None:
    assert calendars_of(market) <= set(LAWS)


def counted(test: Callable[..., None]) -> Callable[..., None]:
    """Any market, any of its calendars, any minute of the twelve years, some of them on the edges of a day or of the cut-off."""
    places = st.sampled_from([(market, place) for market in MARKETS for place in sorted(calendars_of(market))])
    edges = st.sampled_from([time(0, 0), time(12, 59, 59), time(13, 0), time(13, 0, 1), time(23, 59, 59)])
    clocks = st.one_of(edges, st.times().map(lambda at: at.replace(microsecond=0)))
    last_start = LAST - timedelta(days=60)
    return given(
        place=places.map(lambda one: one[1]), day=st.dates(FIRST, last_start), clock=clocks, n=st.integers(1, 15)
    )(test)


@counted
def test_a_deadline_is_the_end_of_the_counted_day_on_the_clocks_of_its_place(
    place: str, day: date, clock: time, n: int
) -> None:
    start = datetime.combine(day, clock, ZoneInfo(ZONES[place])).astimezone(UTC)
    day = start.astimezone(ZoneInfo(ZONES[place])).date()
    ends = first_instant_after(place, business_days_from(place, day + timedelta(days=1), n))
    deadline = calendar(place).deadline_after(start, n)
    assert (deadline.acts_at, deadline.due_at) == (ends, ends - timedelta(seconds=1))


@counted
def test_a_parcel_leaves_on_the_first_business_day_whose_cutoff_was_not_missed_and_so_many_later(
    place: str, day: date, clock: time, n: int
) -> None:
    start = datetime.combine(day, clock, ZoneInfo(ZONES[place])).astimezone(UTC)
    local = start.astimezone(ZoneInfo(ZONES[place]))
    begun = local.date()
    if works(place, begun) and local.time() > time(13):
        begun += timedelta(days=1)
    leaves = business_days_from(place, begun, n)
    assert calendar(place).ship_by(start, time(13), n - 1).acts_at == first_instant_after(place, leaves)


@counted
def test_working_hours_end_at_the_same_clock_time_so_many_business_days_later(
    place: str, day: date, clock: time, n: int
) -> None:
    zone = ZoneInfo(ZONES[place])
    start = datetime.combine(day, clock, zone).astimezone(UTC)
    local = start.astimezone(zone)
    ends = calendar(place).same_time_after(start, n).astimezone(zone)
    assert ends.date() == business_days_from(place, local.date() + timedelta(days=1), n)
    # Clocks change on Sundays only: the time exists once on every business day.
    assert ends.time() == local.time()
