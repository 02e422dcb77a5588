"""What the shipped markets say about claims, and what follows from rules that none of them has."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aftersales.domain.windows import windows_from
from services.aftersales.tests.builders import CLOSES_AT, DELIVERED, the_rules


@pytest.mark.parametrize(
    ("market", "withdrawal_days", "warranty_months"),
    [("fr-pro", None, 12), ("be-shop", 14, 12), ("dk-shop", 14, 24), ("uk-shop", None, 12), ("nl-market", None, 12)],
)
def test_rows_g1_h1_and_i1(market: str, withdrawal_days: int | None, warranty_months: int) -> None:
    rules = the_rules(market)
    assert rules.damage_report_business_days == 3
    assert rules.claim_window_business_days == 3
    assert rules.withdrawal_days == withdrawal_days
    assert rules.warranty_months == warranty_months
    assert rules.release_waits_for_withdrawal


def test_a_market_may_release_before_the_withdrawal_window_ends() -> None:
    rules = replace(the_rules(), withdrawal_days=14, release_waits_for_withdrawal=False)
    windows = windows_from(rules, "FR", DELIVERED)
    assert windows.closes_at == CLOSES_AT
    assert windows.withdraw_until == DELIVERED.replace(hour=22, minute=59, second=59) + timedelta(days=14)


def test_a_claim_window_longer_than_the_withdrawal_counts_too() -> None:
    rules = replace(the_rules(), withdrawal_days=1)
    assert windows_from(rules, "FR", DELIVERED).closes_at == CLOSES_AT


def test_damage_has_days_of_its_own() -> None:
    rules = replace(the_rules(), damage_report_business_days=1)
    # Delivered on a Friday: the next business day is Monday the 23rd.
    expected = DELIVERED.replace(day=23, hour=22, minute=59, second=59)
    assert windows_from(rules, "FR", DELIVERED).damage_until == expected


def test_a_country_without_a_calendar_of_its_own_follows_the_market() -> None:
    assert the_rules("uk-shop").calendar_of("FR").id == "GB-NIR"
