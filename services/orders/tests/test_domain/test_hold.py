"""The payment hold ends with a business day of the market, and is never moved afterwards."""

from dataclasses import replace
from datetime import UTC, datetime

from orders.domain.hold import hold_from
from services.orders.tests.builders import NOW, RULES


def test_stock_waits_until_the_end_of_the_fifth_business_day() -> None:
    # Monday 23 November + 5 business days = Monday 30 November; Paris is at UTC+1.
    hold = hold_from(RULES, NOW)
    assert hold.until == datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)
    assert hold.acts_at == datetime(2026, 11, 30, 23, 0, 0, tzinfo=UTC)
    assert hold.calendar_version.endswith("/FR")


def test_the_buyer_is_reminded_after_the_second_and_the_fourth_business_day() -> None:
    reminders = hold_from(RULES, NOW).reminders
    assert [(one.after_business_days, one.at) for one in reminders] == [
        (2, datetime(2026, 11, 25, 23, 0, tzinfo=UTC)),
        (4, datetime(2026, 11, 27, 23, 0, tzinfo=UTC)),
    ]


def test_a_market_may_end_an_order_some_days_after_the_last_reminder() -> None:
    # The last reminder falls on the local midnight of Saturday 28 November; seven days later is Saturday 5 December.
    rules = replace(RULES, hold_on_default="end_after_reminder", hold_end_days_after_reminder=7)
    assert hold_from(rules, NOW).until == datetime(2026, 12, 5, 22, 59, 59, tzinfo=UTC)
