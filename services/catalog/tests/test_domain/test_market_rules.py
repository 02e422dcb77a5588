"""What the shipped markets ask of an offer, by the policy table."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from catalog.clients.market_files import MarketFiles
from catalog.domain.offer import market_problem
from catalog.domain.product import Category, Product
from catalog.domain.terms import SaleTerms
from chassis.kernel.ids import new_id
from chassis.kernel.money import Money
from chassis.policy_files import load_markets

from ..builders import IPHONE, MARKETS, a_seller, an_offer, euros

RULEBOOK = MarketFiles(load_markets(MARKETS))
ON = date(2026, 11, 21)
# A grade, a battery, a warranty and a dispatch that the market takes, so that a test changes only what it is about.
TAKEN: dict[str, dict[str, Any]] = {
    "fr-pro": {"grade": "good", "warranty_months": 12},
    "be-shop": {"grade": "a", "warranty_months": 12},
    "dk-shop": {"grade": "good", "warranty_months": 24},
    "uk-shop": {"grade": "good", "warranty_months": 12, "price": Money(38_900, "GBP"), "shipping_fee": Money(0, "GBP")},
    "nl-market": {"grade": "good", "warranty_months": 12},
}


def broken(market: str, **changes: Any) -> list[str]:
    """The rules that such an offer breaks there."""
    offer = an_offer(**{"markets": (market,), **TAKEN[market], **changes})
    rules = RULEBOOK.of(market, ON)
    problem = market_problem(offer, a_seller(markets=(market,)), {market: rules}.__getitem__)
    return [error["rule"] for error in problem.errors] if problem else []


def made_of(category: Category) -> Product:
    return Product(new_id(), replace(IPHONE, category=category))


@pytest.mark.policy("B1", "*")
@pytest.mark.parametrize(
    ("market", "scale", "strange"),
    [
        ("fr-pro", "premium excellent good fair", "new"),
        ("be-shop", "new a_plus a visible_signs", "good"),
        ("dk-shop", "premium excellent good fair", "new"),
        ("uk-shop", "premium excellent good fair", "new"),
        ("nl-market", "premium excellent good fair", "new"),
    ],
)
def test_offers_are_graded_on_the_scale_of_the_market(market: str, scale: str, strange: str) -> None:
    for grade in scale.split():
        assert broken(market, grade=grade, battery_health_percent=95) == []
    assert broken(market, grade=strange, battery_health_percent=95) == ["grades.scale"]


@pytest.mark.policy("B2", "be-shop", "nl-market")
@pytest.mark.parametrize(
    ("market", "grade", "floor"),
    [
        ("fr-pro", "premium", 85),
        ("fr-pro", "fair", 85),
        ("be-shop", "new", 85),
        ("be-shop", "visible_signs", 85),
        ("dk-shop", "premium", 90),
        ("dk-shop", "excellent", 85),
        ("dk-shop", "good", 85),
        ("dk-shop", "fair", 80),
        ("nl-market", "premium", 85),
        ("nl-market", "fair", 85),
    ],
)
def test_a_battery_below_the_floor_of_its_grade_is_refused(market: str, grade: str, floor: int) -> None:
    assert broken(market, grade=grade, battery_health_percent=floor) == []
    for health in (floor - 1, None):
        refusal = broken(market, grade=grade, battery_health_percent=health)
        assert refusal == ["battery.floor_percent_by_grade"]


@pytest.mark.policy("B2", "uk-shop")
def test_the_british_shop_promises_nothing_of_batteries() -> None:
    for health in (None, 12):
        assert broken("uk-shop", battery_health_percent=health) == []


@pytest.mark.policy("B3", "fr-pro", "be-shop", "dk-shop", "nl-market")
@pytest.mark.parametrize("market", ["fr-pro", "be-shop", "dk-shop", "nl-market"])
@pytest.mark.parametrize(
    ("category", "needed"),
    [
        (Category.SMARTPHONE, ["cable"]),
        (Category.TABLET, ["cable"]),
        (Category.LAPTOP, ["charger"]),
        (Category.DESKTOP, ["power_cable"]),
        (Category.MONITOR, ["power_cable", "video_cable"]),
        (Category.CONSOLE, []),
    ],
)
def test_what_the_market_wants_in_the_box_is_listed_or_promised(
    market: str, category: Category, needed: list[str]
) -> None:
    product = made_of(category)
    listed = [SaleTerms(accessories=tuple(needed)), SaleTerms(accessories=("earphones", *needed))]
    for terms in listed:
        assert broken(market, product=product, terms=terms) == []
    for missing in needed:
        without = tuple(code for code in (*needed, "earphones") if code != missing)
        refused = broken(market, product=product, terms=SaleTerms(accessories=without))
        assert refused == ["accessories.required"]
    # Who lists nothing promises the market's set.
    assert broken(market, product=product) == []
    rules = RULEBOOK.of(market, ON)
    assert rules.in_the_box(category, None) == tuple(needed)
    assert rules.in_the_box(category, ("earphones", *needed)) == ("earphones", *needed)


@pytest.mark.policy("B3", "uk-shop")
def test_in_the_british_box_is_what_the_offer_describes() -> None:
    assert broken("uk-shop", terms=SaleTerms(accessories=())) == []
    assert RULEBOOK.of("uk-shop", ON).in_the_box(Category.LAPTOP, None) is None


@pytest.mark.policy("I1", "fr-pro", "be-shop", "uk-shop", "nl-market")
@pytest.mark.parametrize(
    ("market", "months", "longer"),
    [
        ("fr-pro", 12, []),
        ("be-shop", 12, ["warranty.offer_may_extend"]),
        ("dk-shop", 24, ["warranty.offer_may_extend"]),
        ("uk-shop", 12, ["warranty.offer_may_extend"]),
        ("nl-market", 12, ["warranty.offer_may_extend"]),
    ],
)
def test_an_offer_gives_the_warranty_of_the_market(market: str, months: int, longer: list[str]) -> None:
    assert broken(market, warranty_months=months) == []
    assert broken(market, warranty_months=months - 1) == ["warranty.months"]
    # Only the French marketplace lets an offer promise more.
    assert broken(market, warranty_months=months + 12) == longer


@pytest.mark.policy("F2", "fr-pro", "nl-market")
@pytest.mark.parametrize(
    ("market", "category", "days"),
    [
        ("fr-pro", Category.SMARTPHONE, 3),
        ("fr-pro", Category.TABLET, 3),
        ("fr-pro", Category.LAPTOP, 4),
        ("fr-pro", Category.DESKTOP, 5),
        ("fr-pro", Category.MONITOR, 5),
        ("be-shop", Category.SMARTPHONE, 5),
        ("dk-shop", Category.LAPTOP, 5),
        ("nl-market", Category.SMARTPHONE, 3),
        ("nl-market", Category.LAPTOP, 4),
        ("nl-market", Category.MONITOR, 5),
    ],
)
def test_goods_leave_within_the_days_of_their_category(market: str, category: Category, days: int) -> None:
    product = made_of(category)
    assert broken(market, product=product, dispatch_business_days=days) == []
    assert broken(market, product=product, dispatch_business_days=days + 1) == ["shipping.sla_business_days"]


@pytest.mark.policy("F2", "uk-shop")
def test_british_goods_leave_as_soon_as_reasonably_possible() -> None:
    assert broken("uk-shop", dispatch_business_days=30) == []


@pytest.mark.policy("L4", "*")
@pytest.mark.parametrize(
    ("market", "taken", "refused"),
    [
        ("fr-pro", "EUR", "GBP DKK"),
        ("be-shop", "EUR", "GBP DKK"),
        ("dk-shop", "EUR DKK", "GBP SEK"),
        ("uk-shop", "GBP EUR", "DKK USD"),
        ("nl-market", "EUR", "GBP DKK"),
    ],
)
def test_prices_are_in_a_currency_of_the_market(market: str, taken: str, refused: str) -> None:
    for currency in taken.split():
        assert broken(market, price=Money(38_900, currency), shipping_fee=Money(0, currency)) == []
    for currency in refused.split():
        changes = {"price": Money(38_900, currency), "shipping_fee": Money(0, currency)}
        assert broken(market, **changes) == ["identity.currencies"]


@pytest.mark.parametrize(
    ("market", "served", "elsewhere"),
    [("fr-pro", "US", "DK"), ("be-shop", "LU", "ES"), ("dk-shop", "SE", "US"), ("nl-market", "NL", "BE")],
)
def test_a_country_has_a_price_of_its_own_only_where_goods_go(market: str, served: str, elsewhere: str) -> None:
    assert broken(market, prices={served: euros(40_000)}) == []
    assert broken(market, prices={elsewhere: euros(40_000)}) == ["prices.countries"]
