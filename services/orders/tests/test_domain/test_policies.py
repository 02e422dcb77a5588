"""The rules read from the real market files, and what they refuse."""

from dataclasses import replace
from datetime import date

import pytest

from chassis.kernel.errors import DomainError
from chassis.policy_files import load_markets
from orders.domain.errors import (
    AreaNotServed,
    CarrierNotAccepted,
    CountryNotServed,
    CurrencyNotAccepted,
    PriceCountryNotServed,
)
from orders.domain.policies import OrderRules, rules_of
from services.orders.tests.builders import MARKETS, RULES

PACKS = load_markets(MARKETS).in_force(date(2026, 11, 23))


@pytest.mark.parametrize("rules", [rules_of(pack) for pack in PACKS], ids=lambda rules: rules.market)
def test_every_market_can_take_orders_at_its_own_first_price_country(rules: OrderRules) -> None:
    country = rules.price_country(None)
    assert rules.currency(None, country) in rules.currencies
    assert rules.calendar_of(country).id
    rules.must_deliver_to(country, "")


def test_a_place_a_price_country_or_a_currency_that_is_not_served_is_refused_by_name() -> None:
    refusals: list[tuple[type[DomainError], object]] = [
        (CountryNotServed, lambda: RULES.must_deliver_to("IT", "20121")),
        (AreaNotServed, lambda: RULES.must_deliver_to("FR", "97 400")),
        (PriceCountryNotServed, lambda: RULES.price_country("IT")),
        (CurrencyNotAccepted, lambda: RULES.currency("USD", "FR")),
    ]
    for refusal, play in refusals:
        with pytest.raises(refusal):
            play()  # type: ignore[operator]


def test_a_country_with_carriers_of_its_own_takes_no_other() -> None:
    rules = replace(RULES, carriers=("dhl", "ups"), carriers_by_country={"DK": ("gls",)})
    rules.must_use_carrier("DHL", "FR")
    rules.must_use_carrier("gls", "DK")
    with pytest.raises(CarrierNotAccepted):
        rules.must_use_carrier("dhl", "DK")
