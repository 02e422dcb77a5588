"""What a market asks of an offer: each rule refuses by its name, for the market that made it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from catalog.clients.market_files import MarketFiles
from catalog.domain.offer import market_problem
from catalog.domain.policies import MarketRules
from catalog.domain.product import Category, Product
from chassis.kernel.ids import new_id
from chassis.kernel.money import Money
from chassis.policy_files import load_markets

from ..builders import IPHONE, MARKETS, MONITOR, a_seller, an_offer, euros, rules


def broken(offer: Any, *markets: MarketRules) -> list[tuple[str, str | None]]:
    by_name = {one.market: one for one in markets or (rules(),)}
    problem = market_problem(offer, a_seller(markets=tuple(by_name)), by_name.__getitem__)
    return [(error["rule"], error["market"]) for error in problem.errors] if problem else []


def test_an_offer_that_keeps_all_rules_is_admitted() -> None:
    assert broken(an_offer()) == []


def test_goods_leave_only_where_the_seller_is_taxed_and_takes_them_back() -> None:
    market = rules()
    told = a_seller(markets=(market.market,), ship_from=("DE", "FR"))
    assert market_problem(an_offer(ship_from="FR"), told, lambda _: market) is None
    problem = market_problem(an_offer(ship_from="ES"), told, lambda _: market)
    assert problem
    assert [(one["rule"], one["pointer"]) for one in problem.errors] == [("ship_from", "/ship_from")]
    # Of a seller that was never asked nothing is known to hold it against.
    assert market_problem(an_offer(ship_from="ES"), replace(told, ship_from=None), lambda _: market) is None


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"grade": "like_new"}, "grades.scale"),
        ({"battery_health_percent": 84}, "battery.floor_percent_by_grade"),
        ({"battery_health_percent": None}, "battery.floor_percent_by_grade"),
        ({"grade": "premium", "battery_health_percent": 89}, "battery.floor_percent_by_grade"),
        ({"warranty_months": 11}, "warranty.months"),
        ({"dispatch_business_days": 4}, "shipping.sla_business_days"),
        ({"price": Money(38_900, "DKK"), "shipping_fee": Money(0, "DKK")}, "identity.currencies"),
        ({"prices": {"SE": euros(40_000)}}, "prices.countries"),
        ({"prices": {"DE": Money(9_000, "DKK")}, "shipping_fee": euros(0)}, "identity.currencies"),
    ],
)
def test_a_broken_rule_is_named_with_its_market(changes: dict[str, Any], rule: str) -> None:
    assert broken(an_offer(**changes)) == [(rule, "fr-pro")]


@pytest.mark.parametrize(
    "changes",
    [
        {"battery_health_percent": 85},  # the floor itself is kept (policy row B2: use ≥)
        {"grade": "fair", "battery_health_percent": 80},
        {"dispatch_business_days": 3},
        {"warranty_months": 36},
        {"prices": {"DE": euros(40_000)}},
        {"product": Product(new_id(), MONITOR), "battery_health_percent": None, "dispatch_business_days": 5},
    ],
)
def test_what_just_keeps_a_rule_is_admitted(changes: dict[str, Any]) -> None:
    assert broken(an_offer(**changes)) == []


def test_a_longer_warranty_is_refused_where_offers_may_not_extend_it() -> None:
    strict = rules(warranty_may_exceed=False)
    assert broken(an_offer(warranty_months=24), strict) == [("warranty.offer_may_extend", "fr-pro")]


def test_limits_that_only_measure_refuse_nothing() -> None:
    lenient = rules(battery_floor_by_grade=None, dispatch_days_by_category=None)
    assert broken(an_offer(battery_health_percent=None, dispatch_business_days=30), lenient) == []


def test_every_market_of_the_offer_is_asked() -> None:
    other = rules(market="dk-shop", warranty_months=24)
    assert broken(an_offer(markets=("fr-pro", "dk-shop")), rules(), other) == [("warranty.months", "dk-shop")]


def test_a_market_that_did_not_admit_the_seller_is_refused() -> None:
    assert broken(an_offer(markets=("fr-pro", "nl-market"))) == [("markets", "nl-market")]


def test_a_shipping_fee_must_be_addable_to_every_price() -> None:
    mixed = an_offer(prices={"DE": Money(9_000, "DKK")})
    assert ("shipping_fee_currency", None) in broken(mixed, rules(currencies=("EUR", "DKK")))


def test_the_shipped_default_market_says_what_its_policy_table_says() -> None:
    # Policy table, column of the French market: B2 ≥ 85 %, I1 ≥ 12 months per offer, F2 3/4/5 business days, L4 EUR.
    shipped = MarketFiles(load_markets(MARKETS)).of("fr-pro", date(2026, 11, 21))
    assert shipped.battery_floor_by_grade is not None
    assert set(shipped.battery_floor_by_grade.values()) == {85}
    assert (shipped.warranty_months, shipped.warranty_may_exceed) == (12, True)
    assert shipped.dispatch_days_by_category is not None
    days = shipped.dispatch_days_by_category
    assert [days[name] for name in ("smartphone", "tablet", "laptop", "desktop", "monitor")] == [3, 3, 4, 5, 5]
    assert (shipped.currencies, shipped.default_price_country()) == (("EUR",), "FR")


def test_every_category_of_the_market_files_is_known_here() -> None:
    shape = load_markets(MARKETS).schema.keys["shipping.sla_business_days"].shape
    assert shape.keys is not None
    assert set(shape.keys.allowed) == {category.value for category in Category}
    assert IPHONE.category in Category
