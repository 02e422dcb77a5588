"""Business days against calendars worked out by hand and, for France, against the law's own list of holidays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.calendar import UnknownCalendar, calendar


@pytest.mark.parametrize(
    ("place", "day", "expected"),
    [
        ("FR", date(2026, 11, 21), date(2026, 11, 27)),  # from a Saturday
        ("FR", date(2026, 11, 23), date(2026, 11, 30)),  # from a Monday
        ("FR", date(2026, 12, 23), date(2026, 12, 31)),
        ("BE", date(2026, 12, 23), date(2026, 12, 31)),
        ("NL", date(2026, 12, 23), date(2026, 12, 31)),
        ("DE-BY", date(2026, 12, 23), date(2026, 12, 31)),
        ("TARGET", date(2026, 12, 23), date(2026, 12, 31)),
        ("GB-NIR", date(2026, 12, 23), date(2027, 1, 4)),
        ("DK", date(2026, 12, 23), date(2026, 12, 31)),
    ],
)
def test_five_business_days_around_weekends_and_christmas(place: str, day: date, expected: date) -> None:
    assert calendar(place).add_business_days(day, 5) == expected


def test_danish_optional_days_are_business_days() -> None:
    assert calendar("DK").is_business_day(date(2026, 12, 24))
    assert calendar("DK").is_business_day(date(2026, 12, 31))


def test_northern_ireland_keeps_the_days_that_a_plain_uk_calendar_loses() -> None:
    northern_ireland = calendar("GB-NIR")
    easter_monday, saint_patrick, twelfth_observed = date(2026, 4, 6), date(2026, 3, 17), date(2026, 7, 13)
    august_bank_holiday = date(2026, 8, 31)
    for day in (easter_monday, saint_patrick, twelfth_observed, august_bank_holiday):
        assert not northern_ireland.is_business_day(day)


def test_moselle_keeps_good_friday_and_the_26th_of_december() -> None:
    good_friday, second_christmas_day = date(2026, 4, 3), date(2025, 12, 26)
    assert calendar("FR").is_business_day(good_friday)
    assert not calendar("FR-57").is_business_day(good_friday)
    assert not calendar("FR-57").is_business_day(second_christmas_day)


@pytest.mark.parametrize("wrong", ["GB", "XX", "DE-ZZ", "FR-", "", "TARGET-FR", "fr"])
def test_a_calendar_that_would_miss_holidays_is_refused(wrong: str) -> None:
    with pytest.raises(UnknownCalendar):
        calendar(wrong)


def test_the_deadline_is_the_last_second_of_the_day_and_the_platform_acts_at_midnight() -> None:
    ordered = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    deadline = calendar("FR").deadline_after(ordered, 5)
    # Monday 30 November ends at 23:59:59 in Paris, which is UTC+1 in winter.
    assert deadline.due_at == datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)
    assert deadline.acts_at == datetime(2026, 11, 30, 23, 0, 0, tzinfo=UTC)
    assert deadline.calendar_version.startswith("holidays-")
    assert deadline.calendar_version.endswith("/FR")


def test_the_day_of_an_order_is_the_local_day() -> None:
    late_sunday_in_utc = datetime(2026, 6, 14, 22, 30, tzinfo=UTC)  # Monday 00:30 in Paris
    assert calendar("FR").deadline_after(late_sunday_in_utc, 1).due_at == datetime(2026, 6, 16, 21, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ordered", "due"),
    [
        # Clocks go forward on Sunday 29 March 2026 and back on Sunday 25 October 2026.
        (datetime(2026, 3, 26, 12, tzinfo=UTC), datetime(2026, 3, 30, 21, 59, 59, tzinfo=UTC)),
        (datetime(2026, 10, 22, 12, tzinfo=UTC), datetime(2026, 10, 26, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_change_of_the_clocks_moves_the_utc_instant_and_not_the_local_one(ordered: datetime, due: datetime) -> None:
    deadline = calendar("FR").deadline_after(ordered, 2)
    assert deadline.due_at == due
    assert deadline.due_at.astimezone(ZoneInfo("Europe/Paris")).time() == time(23, 59, 59)


def test_twenty_four_working_hours_keep_the_clock_time_over_a_weekend_and_a_clock_change() -> None:
    friday_noon_in_paris = datetime(2026, 3, 27, 11, tzinfo=UTC)
    monday_noon_in_paris = datetime(2026, 3, 30, 10, tzinfo=UTC)
    assert calendar("FR").same_time_after(friday_noon_in_paris, 1) == monday_noon_in_paris


def paris(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZoneInfo("Europe/Paris")).astimezone(UTC)


@pytest.mark.parametrize(
    ("secured", "leaves_on"),
    [
        (paris(date(2026, 11, 23), time(12, 59, 59)), date(2026, 11, 23)),
        (paris(date(2026, 11, 23), time(13, 0, 0)), date(2026, 11, 23)),  # sharp still counts as before
        (paris(date(2026, 11, 23), time(13, 0, 1)), date(2026, 11, 24)),
        (paris(date(2026, 11, 27), time(13, 0, 1)), date(2026, 11, 30)),  # Friday afternoon
        (paris(date(2026, 11, 28), time(15, 0, 0)), date(2026, 11, 30)),  # a Saturday has no cut-off
        (paris(date(2026, 12, 24), time(18, 0, 0)), date(2026, 12, 28)),  # over Christmas and a weekend
        (paris(date(2026, 12, 31), time(14, 0, 0)), date(2027, 1, 4)),  # over the year's end
    ],
)
def test_a_parcel_secured_after_the_cutoff_leaves_on_the_next_business_day(secured: datetime, leaves_on: date) -> None:
    assert calendar("FR").ship_by(secured).due_at == paris(leaves_on, time(23, 59, 59))


def test_handling_time_is_counted_from_the_day_the_work_starts() -> None:
    friday_afternoon = paris(date(2026, 11, 27), time(15, 0))
    # Work starts on Monday 30 November; two more business days end on Wednesday 2 December.
    assert calendar("FR").ship_by(friday_afternoon, business_days=2).due_at == paris(
        date(2026, 12, 2), time(23, 59, 59)
    )


def test_the_cutoff_is_read_on_the_clock_of_the_place_that_ships() -> None:
    at = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)  # 13:30 in Paris, 12:30 in Belfast
    assert calendar("FR").local_day(calendar("FR").ship_by(at).due_at) == date(2026, 11, 24)
    assert calendar("GB-NIR").local_day(calendar("GB-NIR").ship_by(at).due_at) == date(2026, 11, 23)


def easter_sunday(year: int) -> date:
    """Butcher's computation of Gregorian Easter."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * weekday) // 433
    month = (h + weekday - 7 * m + 90) // 25
    return date(year, month, (h + weekday - 7 * m + 33 * month + 19) % 32)


def french_holidays(year: int) -> set[date]:
    """Code du travail, art. L3133-1."""
    fixed = {date(year, m, d) for m, d in ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))}
    easter = easter_sunday(year)
    return fixed | {easter + timedelta(days=n) for n in (1, 39, 50)}


@given(day=st.dates(date(2015, 1, 1), date(2049, 12, 31)), n=st.integers(1, 40))
def test_business_days_of_france_agree_with_the_labour_code(day: date, n: int) -> None:
    closed = french_holidays(day.year) | french_holidays(day.year + 1)
    after = (day + timedelta(days=i) for i in range(1, 120))
    expected = [d for d in after if d.isoweekday() not in (6, 7) and d not in closed][n - 1]
    assert calendar("FR").add_business_days(day, n) == expected


PLACES = ["FR", "BE", "NL", "DK", "DE-BY", "ES-MD", "GB-NIR", "IE", "TARGET", "US"]


@given(
    place=st.sampled_from(PLACES),
    start=st.integers(0, 20 * 365 * 24 * 60).map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=n)),
    n=st.integers(1, 15),
)
def test_a_deadline_is_never_early_and_ends_a_business_day(place: str, start: datetime, n: int) -> None:
    here = calendar(place)
    deadline = here.deadline_after(start, n)
    first, last = here.local_day(start), here.local_day(deadline.due_at)
    between = [first + timedelta(days=i) for i in range(1, (last - first).days + 1)]
    assert sum(here.is_business_day(day) for day in between) == n
    assert here.is_business_day(last)
    assert deadline.acts_at - deadline.due_at == timedelta(seconds=1)
