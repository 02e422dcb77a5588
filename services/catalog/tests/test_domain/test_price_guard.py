"""The price guard: what jumps waits for a second word, what moves as prices do passes."""

from typing import Any

import pytest

from catalog.domain.push import KnownProducts, LineStatus, PushContext, settle
from catalog.domain.stock import Stock
from chassis.kernel.ids import new_id
from chassis.kernel.money import Money

from ..builders import NOW, a_patch, a_seller, an_offer, euros, rules, stocked


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
