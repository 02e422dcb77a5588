"""The price guard: what jumps waits for a second word, what moves as prices do passes."""

from dataclasses import replace
from typing import Any

import pytest

from catalog.clients.market_files import MarketFiles
from catalog.domain.price_bounds import Bounds, PriceOnSale
from catalog.domain.price_guard import first_price_problem, price_jump
from catalog.domain.product import Product
from catalog.domain.push import KnownProducts, LineStatus, PushContext, settle
from catalog.domain.stock import Stock
from chassis.kernel.ids import new_id
from chassis.kernel.money import Money
from chassis.policy_files import load_markets

from ..builders import IPHONE, MARKETS, NOW, a_patch, a_seller, an_offer, euros, rules, stocked


def _settled(before: Any, **changes: Any) -> Any:
    context = PushContext(new_id(), a_seller(), lambda market: rules(), KnownProducts(), {}, NOW)
    return settle(a_patch(**changes), stocked(before), context)


@pytest.mark.parametrize("price", [50_00, 99_99, 100_00, 300_00])
def test_a_price_between_half_and_threefold_passes(price: int) -> None:
    assert _settled(an_offer(price=euros(100_00)), price=euros(price)).problem is None


@pytest.mark.parametrize(("price", "code"), [(49_99, "price_fell"), (1, "price_fell"), (300_01, "price_rose")])
def test_a_price_beyond_waits_for_a_second_word(price: int, code: str) -> None:
    offer = an_offer(price=euros(100_00))
    held_back = _settled(offer, price=euros(price), quantity=3)
    assert (held_back.status, held_back.problem.code) == (LineStatus.REJECTED, "price_guard")
    assert [error["code"] for error in held_back.problem.errors] == [code]
    assert "100.00 EUR" in held_back.problem.detail
    # The line as a whole waits: a count that came with a wrong price may be as wrong.
    assert held_back.stocked.stock == Stock(offer.id, 5, NOW, NOW, available=5)
    assert held_back.stocked.offer.price == euros(100_00)
    confirmed = _settled(offer, price=euros(price), confirm_price=True)
    assert (confirmed.status, confirmed.stocked.offer.price) == (LineStatus.UPDATED, euros(price))


def test_the_price_of_a_country_is_held_against_what_that_country_pays_today() -> None:
    offer = an_offer(price=euros(100_00), prices={"DE": euros(400_00)})
    held_back = _settled(offer, price=euros(100_00), prices={"DE": euros(110_00), "FR": euros(20_00)})
    assert {error["pointer"] for error in held_back.problem.errors} == {"/prices/DE", "/prices/FR"}


def test_another_currency_cannot_be_compared() -> None:
    offer = an_offer(price=Money(100_00, "SEK"))
    assert _settled(offer, price=euros(10_00), shipping_fee=euros(990)).problem is None


def _first(on_sale: tuple[PriceOnSale, ...] = (), **changes: Any) -> Any:
    """What becomes of the first line of a SKU whose product is on sale at these prices."""
    product = Product(new_id(), IPHONE)
    known = KnownProducts(dict.fromkeys(IPHONE.evidence(), product))
    context = PushContext(
        new_id(), a_seller(), lambda market: rules(), known, {}, NOW, on_sale={product.id: on_sale} if on_sale else {}
    )
    return settle(a_patch(**changes), None, context)


@pytest.mark.parametrize("price", [100_00, 389_00, 1_600_00])
def test_a_first_price_between_a_quarter_and_fourfold_of_what_others_ask_passes(price: int) -> None:
    assert _first((PriceOnSale("good", euros(400_00)),), price=euros(price)).status is LineStatus.CREATED


@pytest.mark.parametrize(("price", "code"), [(99_99, "price_too_low"), (1_600_01, "price_too_high")])
def test_a_first_price_far_from_what_others_ask_waits_for_a_second_word(price: int, code: str) -> None:
    on_sale = (PriceOnSale("good", euros(400_00)),)
    held_back = _first(on_sale, price=euros(price))
    assert (held_back.status, held_back.stocked, held_back.problem.code) == (LineStatus.REJECTED, None, "price_guard")
    assert [(error["pointer"], error["code"]) for error in held_back.problem.errors] == [("/price", code)]
    assert "Apple iPhone 13" in held_back.problem.detail
    assert "good, costs 400.00 EUR" in held_back.problem.detail
    assert held_back.problem.detail.endswith("Send confirm_price: true")
    assert _first(on_sale, price=euros(price), confirm_price=True).status is LineStatus.CREATED


@pytest.mark.parametrize(
    ("grade", "held_against"), [("fair", "40.00"), ("good", "40.00"), ("excellent", "90.00"), ("premium", "90.00")]
)
def test_a_first_price_is_held_against_the_nearest_grade_and_the_worse_of_two(grade: str, held_against: str) -> None:
    # Good lies as near to excellent as to fair.
    on_sale = (PriceOnSale("fair", euros(40_00)), PriceOnSale("excellent", euros(90_00)))
    held_back = _first(on_sale, grade=grade, price=euros(1_000_00))
    assert f"costs {held_against} EUR" in held_back.problem.detail


def test_a_first_price_of_what_nobody_sells_lies_between_what_its_category_costs() -> None:
    assert _first(price=euros(5_00)).status is LineStatus.CREATED
    assert _first(price=euros(3_000_00)).status is LineStatus.CREATED
    for price, code in ((4_99, "price_too_low"), (3_000_01, "price_too_high")):
        held_back = _first(price=euros(price))
        assert [error["code"] for error in held_back.problem.errors] == [code]
        assert "a smartphone costs 5.00 EUR to 3000.00 EUR" in held_back.problem.detail
    # A price in crowns tells nothing of one in euros.
    crowns = (PriceOnSale("good", Money(3_000_00, "SEK")),)
    assert _first(crowns, price=euros(10_00)).status is LineStatus.CREATED


def test_the_first_price_of_a_country_is_looked_at_too() -> None:
    on_sale = (PriceOnSale("good", euros(400_00)),)
    held_back = _first(on_sale, prices={"DE": euros(3_89), "FR": euros(389_00)})
    assert [error["pointer"] for error in held_back.problem.errors] == ["/prices/DE"]


def test_an_offer_for_several_markets_is_asked_about_where_one_of_them_asks() -> None:
    strict = replace(rules().price_guard, move=Bounds(90, 120), first=Bounds(80, 120))
    packs = {"fr-pro": rules(), "nl-market": rules(market="nl-market", price_guard=strict)}
    seller = a_seller(markets=tuple(packs))
    offer = an_offer(markets=("fr-pro",), price=euros(100_00))

    def pushed(*markets: str) -> Any:
        context = PushContext(new_id(), seller, packs.__getitem__, KnownProducts(), {}, NOW)
        return settle(a_patch(price=euros(125_00)), stocked(offer._replace(markets=markets)), context).problem

    assert pushed("fr-pro") is None
    assert pushed("fr-pro", "nl-market").code == "price_guard"


@pytest.mark.policy("1.3", "*")
@pytest.mark.parametrize("market", ["fr-pro", "be-shop", "dk-shop", "uk-shop", "nl-market"])
def test_every_market_asks_about_prices_that_nobody_can_mean(market: str) -> None:
    guard = MarketFiles(load_markets(MARKETS)).of(market, NOW.date()).price_guard
    currency = "GBP" if market == "uk-shop" else "EUR"
    grade = "a" if market == "be-shop" else "good"
    before = an_offer(price=Money(400_00, currency), grade=grade)

    def asks(price: int, *on_sale: PriceOnSale) -> bool:
        return first_price_problem(before._replace(price=Money(price, currency)), on_sale, guard) is not None

    def asks_again(price: int) -> bool:
        return price_jump(before, before._replace(price=Money(price, currency)), guard) is not None

    assert [asks_again(price) for price in (199_99, 200_00, 1_200_00, 1_200_01)] == [True, False, False, True]
    others = PriceOnSale(grade, Money(400_00, currency))
    assert [asks(price, others) for price in (99_99, 100_00, 1_600_00, 1_600_01)] == [True, False, False, True]
    assert [asks(price) for price in (4_99, 5_00, 10_000_00, 10_000_01)] == [True, False, False, True]
