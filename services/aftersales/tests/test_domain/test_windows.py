"""Windows in each market, counted by hand: local days, weekends, holidays, summer time, and the withdrawal of businesses."""

from datetime import UTC, datetime

import pytest

from aftersales.domain.windows import windows_from
from services.aftersales.tests.builders import the_rules


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


CLAIMS = [
    # Christmas Day is a Friday, then a weekend: Monday 28, Tuesday 29, Wednesday 30.
    ("fr-pro", "FR", "2026-12-24 14:00", "2026-12-30 22:59:59"),
    # Late on Tuesday in New York is Wednesday in UTC, but Tuesday counts: Wednesday 25, Thanksgiving, Friday 27, Monday 30.
    ("fr-pro", "US", "2026-11-25 04:30", "2026-12-01 04:59:59"),
    # Just past midnight in Helsinki it is Monday there, still Sunday in UTC: Tuesday 24, Wednesday 25, Thursday 26.
    ("fr-pro", "FI", "2026-11-22 22:30", "2026-11-26 21:59:59"),
    # Armistice Day, Wednesday 11 November, is a holiday in Belgium: Tuesday 10, Thursday 12, Friday 13 ...
    ("be-shop", "BE", "2026-11-09 10:00", "2026-11-13 22:59:59"),
    # ... and none in the Netherlands, where the same shop delivers too: Tuesday 10, Wednesday 11, Thursday 12.
    ("be-shop", "NL", "2026-11-09 10:00", "2026-11-12 22:59:59"),
    # 24 December is a business day in Denmark: Thursday 24, Monday 28, Tuesday 29.
    ("dk-shop", "DK", "2026-12-23 09:00", "2026-12-29 22:59:59"),
    # Good Friday and Easter Monday in Northern Ireland: Tuesday 30, Wednesday 31, Thursday 1 April, in summer time.
    ("uk-shop", "GB", "2027-03-25 10:00", "2027-04-01 22:59:59"),
    # In Ireland Good Friday is no public holiday: Friday 26, Tuesday 30, Wednesday 31.
    ("uk-shop", "IE", "2027-03-25 10:00", "2027-03-31 22:59:59"),
    # 12 July is a holiday in Northern Ireland: Tuesday 13, Wednesday 14, Thursday 15 ...
    ("uk-shop", "GB", "2027-07-09 10:00", "2027-07-15 22:59:59"),
    # ... and none in England, whose days a market counts that does not name a region: Monday 12 to Wednesday 14.
    ("dk-shop", "GB", "2027-07-09 10:00", "2027-07-14 22:59:59"),
    # King's Day is Tuesday 27 April: Wednesday 28, Thursday 29, Friday 30.
    ("nl-market", "NL", "2027-04-26 10:00", "2027-04-30 21:59:59"),
]


@pytest.mark.parametrize(("market", "country", "delivered_at", "claim_until"), CLAIMS)
@pytest.mark.policy("L3", "*")
@pytest.mark.policy("G1", "be-shop", "dk-shop", "uk-shop", "nl-market")
def test_three_business_days_of_the_delivery_country(
    market: str, country: str, delivered_at: str, claim_until: str
) -> None:
    windows = windows_from(the_rules(market), country, utc(delivered_at))
    assert windows.claim_until == utc(claim_until)
    assert windows.damage_until == utc(claim_until)


@pytest.mark.parametrize(
    ("market", "country", "delivered_at", "withdraw_until", "closes_at"),
    [
        # Fourteen days from Wednesday 23 December, holidays or not, end on Wednesday 6 January.
        ("dk-shop", "DK", "2026-12-23 09:00", "2027-01-06 22:59:59", "2027-01-06 23:00:00"),
        ("be-shop", "BE", "2026-11-09 10:00", "2026-11-23 22:59:59", "2026-11-23 23:00:00"),
        # Fourteen days across the end of winter time, Sunday 28 March.
        ("be-shop", "FR", "2027-03-20 10:00", "2027-04-03 21:59:59", "2027-04-03 22:00:00"),
    ],
)
@pytest.mark.policy("H1", "dk-shop")
@pytest.mark.policy("1.9", "dk-shop", "be-shop")
def test_the_money_waits_for_the_withdrawal_window_where_businesses_may_withdraw(
    market: str, country: str, delivered_at: str, withdraw_until: str, closes_at: str
) -> None:
    windows = windows_from(the_rules(market), country, utc(delivered_at))
    assert windows.withdraw_until == utc(withdraw_until)
    assert windows.closes_at == utc(closes_at)


@pytest.mark.parametrize(
    ("market", "country", "closes_at"),
    [
        ("fr-pro", "FR", "2026-11-25 23:00:00"),
        ("uk-shop", "GB", "2026-11-26 00:00:00"),
        ("nl-market", "NL", "2026-11-25 23:00:00"),
    ],
)
@pytest.mark.policy("H1", "fr-pro", "uk-shop", "nl-market")
@pytest.mark.policy("1.9", "fr-pro", "uk-shop", "nl-market")
def test_elsewhere_it_waits_for_the_claim_window_only(market: str, country: str, closes_at: str) -> None:
    windows = windows_from(the_rules(market), country, utc("2026-11-20 10:00"))
    assert windows.withdraw_until is None
    assert windows.closes_at == utc(closes_at)


def test_the_table_of_holidays_is_named_with_the_windows() -> None:
    windows = windows_from(the_rules("uk-shop"), "GB", utc("2027-07-09 10:00"))
    assert windows.calendar_version.endswith("/GB-NIR")
