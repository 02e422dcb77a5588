"""What the shipped markets say about devices that come back: batteries below their floor, and water."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from aftersales.domain.case_rules import case_rules_of
from aftersales.domain.warranty import SoldLine
from services.aftersales.tests.builders import DELIVERED, MARKETS, a_coverage, a_shipment, the_case_rules


def the_floor(market: str, at: datetime, **line: Any) -> int | None:
    """What the battery of a delivered device must have at that moment."""
    rules, coverage = the_case_rules(market), a_coverage(shipment=a_shipment(market=market))
    if rules.battery is None:
        return None
    sold = replace(SoldLine(1, 24, "FR", "smartphone", "good"), **line)
    return rules.battery.floor_of(sold, rules.calendar_of("FR"), DELIVERED, coverage.windows.claim_until, at)


@pytest.mark.policy("B2", "*")
@pytest.mark.parametrize(
    ("market", "floors"),
    [
        ("fr-pro", {"premium": 85, "fair": 85, "new": None}),
        ("be-shop", {"new": 85, "visible_signs": 85, "good": None}),
        ("dk-shop", {"premium": 90, "excellent": 85, "fair": 80}),
        ("uk-shop", {"premium": None, "fair": None}),
        ("nl-market", {"premium": 85, "fair": 85}),
    ],
)
def test_a_battery_is_held_to_the_floor_of_its_grade(market: str, floors: dict[str, int | None]) -> None:
    assert {grade: the_floor(market, DELIVERED, grade=grade) for grade in floors} == floors


@pytest.mark.policy("B2", "fr-pro", "be-shop", "dk-shop", "nl-market")
@pytest.mark.parametrize(
    ("market", "grade", "until"),
    [
        # On receipt: three business days after Friday the 20th.
        ("fr-pro", "good", datetime(2026, 11, 25, 22, 59, 59, tzinfo=UTC)),
        ("be-shop", "a", datetime(2026, 11, 25, 22, 59, 59, tzinfo=UTC)),
        ("nl-market", "good", datetime(2026, 11, 25, 22, 59, 59, tzinfo=UTC)),
        # Twelve months.
        ("dk-shop", "good", datetime(2027, 11, 20, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_floor_holds_on_receipt_or_as_long_as_the_market_guarantees(
    market: str, grade: str, until: datetime
) -> None:
    assert the_floor(market, until, grade=grade) == 85
    assert the_floor(market, until + timedelta(seconds=1), grade=grade) is None


def test_what_has_no_battery_and_what_nobody_told_of_has_no_floor() -> None:
    assert the_floor("fr-pro", DELIVERED, category="monitor") is None
    assert the_floor("fr-pro", DELIVERED, category=None) is None
    assert the_floor("fr-pro", DELIVERED, grade=None) is None


@pytest.mark.policy("B5", "*")
@pytest.mark.parametrize("market", ["fr-pro", "be-shop", "dk-shop", "uk-shop", "nl-market"])
def test_water_is_excluded_wherever_a_device_is_not_kept_watertight(market: str) -> None:
    assert "water" in the_case_rules(market).exclusions
    pack = MARKETS.pack(market, date(2026, 11, 20))
    kept = {**pack.values, "warranty.water_resistance_kept": True, "warranty.exclusions": ("wear",)}
    assert case_rules_of(replace(pack, values=kept)).exclusions == ("wear",)
    given_up = {**kept, "warranty.water_resistance_kept": False}
    assert case_rules_of(replace(pack, values=given_up)).exclusions == ("wear", "water")
