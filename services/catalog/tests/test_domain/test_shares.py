"""How much of a seller's stock one buyer may hold unpaid."""

import pytest

from catalog.domain.shares import BuyersHold, ShareCap, ShareRefusal, WantedUnits, over_share
from chassis.kernel.ids import new_id

OFFER, OTHER, SELLER = new_id(), new_id(), new_id()
CAP = ShareCap(offer_percent=50, seller_percent=25, counts_above_units=10)


def wanted(quantity: int, on_sale: int = 100) -> WantedUnits:
    return WantedUnits(OFFER, SELLER, quantity, on_sale)


@pytest.mark.parametrize(("units", "offer", "seller"), [(0, 10, 10), (20, 10, 10), (41, 20, 10), (1_000, 500, 250)])
def test_a_share_is_rounded_down_and_never_below_what_nobody_asks_about(units: int, offer: int, seller: int) -> None:
    assert (CAP.of_offer(units), CAP.of_seller(units)) == (offer, seller)


def test_half_an_offer_may_be_held_and_not_one_unit_more() -> None:
    hold = BuyersHold(CAP, {OFFER: 30}, {SELLER: 1_000})
    assert over_share([wanted(20)], hold) == {}
    assert over_share([wanted(21)], hold) == {OFFER: ShareRefusal("offer_share_limit", 30, 50)}


def test_what_is_asked_of_several_offers_of_a_seller_counts_together() -> None:
    hold = BuyersHold(CAP, {SELLER: 40}, {SELLER: 400})
    both = [wanted(30), WantedUnits(OTHER, SELLER, 31, 100)]
    refused = ShareRefusal("seller_share_limit", 40, 100)
    assert over_share(both, hold) == {OFFER: refused, OTHER: refused}
    assert over_share([wanted(30), WantedUnits(OTHER, SELLER, 30, 100)], hold) == {}


def test_a_small_shop_can_be_bought_empty_within_what_nobody_asks_about() -> None:
    assert over_share([wanted(10, on_sale=10)], BuyersHold(CAP, {}, {SELLER: 10})) == {}
    assert over_share([wanted(11, on_sale=11)], BuyersHold(CAP, {}, {SELLER: 11})) != {}
