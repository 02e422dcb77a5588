"""What the shipped markets make of money: refund limits, tenders, capture, commission, payout days."""

from datetime import UTC, datetime

import pytest

from payments.domain.policies import PaymentRules
from services.payments.tests.builders import DAY, RULES

# Monday, 10:00 in Paris. Wednesday the 11th is Armistice Day in France and Belgium; banks work on it everywhere.
MONDAY = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


def the_rules(market: str) -> PaymentRules:
    return RULES.in_force(market, DAY)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.policy("J1", "fr-pro", "be-shop", "dk-shop", "uk-shop")
@pytest.mark.parametrize(
    ("market", "by_card", "by_transfer"),
    [
        # Five business days: 10, 12, 13, 16, 17. Ten days of banks end on Monday the 23rd.
        ("fr-pro", "2026-11-17 22:59:59", "2026-11-23 22:59:59"),
        ("be-shop", "2026-11-17 22:59:59", "2026-11-23 22:59:59"),
        # Fourteen calendar days, whatever the means, in the zone of the market.
        ("dk-shop", "2026-11-23 22:59:59", "2026-11-23 22:59:59"),
        ("uk-shop", "2026-11-23 23:59:59", "2026-11-23 23:59:59"),
        # 10, 11, 12, 13, 16.
        ("nl-market", "2026-11-16 22:59:59", "2026-11-23 22:59:59"),
    ],
)
def test_a_refund_arrives_within_the_days_of_the_market(market: str, by_card: str, by_transfer: str) -> None:
    rules = the_rules(market)
    assert rules.refund_until("card", MONDAY) == utc(by_card)
    assert rules.refund_until("bank_transfer", MONDAY) == utc(by_transfer)


@pytest.mark.policy("1.8", "*")
@pytest.mark.parametrize(
    ("market", "goes_back_at"),
    [
        ("fr-pro", "2026-11-23 23:00"),
        ("be-shop", "2026-11-23 23:00"),
        ("dk-shop", "2026-11-23 23:00"),
        ("uk-shop", "2026-11-23 23:00"),
        ("nl-market", "2026-11-23 23:00"),
    ],
)
def test_money_without_an_order_goes_back_after_ten_days_of_banks(market: str, goes_back_at: str) -> None:
    assert the_rules(market).unmatched_refund_at(MONDAY) == utc(goes_back_at)


@pytest.mark.policy("dec. 16", "*")
@pytest.mark.parametrize(
    ("market", "at"),
    [
        # The second business day of the market is over: Thursday the 12th where the 11th is a holiday, else the 11th.
        ("fr-pro", "2026-11-12 23:00"),
        ("be-shop", "2026-11-12 23:00"),
        ("dk-shop", "2026-11-11 23:00"),
        ("uk-shop", "2026-11-12 00:00"),
        ("nl-market", "2026-11-11 23:00"),
    ],
)
def test_the_platform_advances_a_refund_after_two_business_days(market: str, at: str) -> None:
    assert the_rules(market).platform_advances_at(MONDAY) == utc(at)


@pytest.mark.policy("1.9", "*")
@pytest.mark.parametrize(
    ("market", "next_tuesday"),
    [
        ("fr-pro", "2026-11-09 23:00"),
        ("be-shop", "2026-11-09 23:00"),
        ("dk-shop", "2026-11-09 23:00"),
        ("uk-shop", "2026-11-10 00:00"),
        ("nl-market", "2026-11-09 23:00"),
    ],
)
def test_sellers_are_paid_on_tuesdays_of_the_market(market: str, next_tuesday: str) -> None:
    assert the_rules(market).next_payout_at(MONDAY) == utc(next_tuesday)
