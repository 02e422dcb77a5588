"""Payout days and refund limits, from the packs."""

from datetime import UTC, datetime

import pytest

from services.payments.tests.builders import FR_PRO, RULES


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # fr-pro pays on Tuesdays; the day begins at midnight in Paris, 23:00 UTC in winter.
        (datetime(2026, 11, 21, 9, tzinfo=UTC), datetime(2026, 11, 23, 23, tzinfo=UTC)),
        (datetime(2026, 11, 23, 22, 59, tzinfo=UTC), datetime(2026, 11, 23, 23, tzinfo=UTC)),
        (datetime(2026, 11, 23, 23, 0, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC)),
        (datetime(2026, 7, 1, 9, tzinfo=UTC), datetime(2026, 7, 6, 22, tzinfo=UTC)),
    ],
)
def test_the_next_payout_day_begins_at_local_midnight(now: datetime, expected: datetime) -> None:
    assert FR_PRO.next_payout_at(now) == expected


def test_money_without_an_order_goes_back_after_ten_banking_days() -> None:
    # Saturday 2026-11-21 + 10 TARGET days = Friday 2026-12-04; the platform acts at the midnight after it.
    assert FR_PRO.unmatched_refund_at(datetime(2026, 11, 21, 9, tzinfo=UTC)) == datetime(2026, 12, 4, 23, tzinfo=UTC)


def test_every_market_gives_payments_its_rules() -> None:
    for market in ("fr-pro", "be-shop", "dk-shop", "uk-shop", "nl-market"):
        rules = RULES.in_force(market, datetime(2026, 11, 21, tzinfo=UTC).date())
        assert RULES.of_version(rules.version) == rules
        assert rules.currencies
