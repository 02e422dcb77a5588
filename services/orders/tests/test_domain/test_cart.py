"""Saved carts: what of them is ordered, by whom they are overtaken, and what a buyer is told of their lines."""

from datetime import timedelta

import pytest

from chassis.kernel.errors import Overtaken
from chassis.kernel.ids import new_id
from orders.domain.cart import CartLine, Change, changes
from orders.domain.errors import CartChanged, OfferTwice
from services.orders.tests.builders import CAS, NOW, a_cart, a_line_look

LATER = NOW + timedelta(hours=1)


def test_a_version_of_a_cart_is_ordered_once() -> None:
    cart, first = a_cart(), new_id()
    ordered = cart.ordered(first, version=1, keep=True)
    with pytest.raises(CartChanged) as refused:
        ordered.ordered(new_id(), version=1, keep=True)
    # Whoever comes second learns what the first one made of it.
    assert refused.value.facts == {"cart_id": str(cart.id), "version": 2, "last_order_id": str(first)}
    assert ordered.ordered(new_id(), version=2, keep=True).version == 3


def test_a_cart_goes_with_its_order_unless_it_is_to_be_kept() -> None:
    order_id = new_id()
    assert a_cart().ordered(order_id, version=1, keep=False).leaves_with == order_id
    assert a_cart().ordered(order_id, version=1, keep=True).leaves_with is None


def test_a_cart_that_is_saved_after_it_was_ordered_stays() -> None:
    ordered = a_cart().ordered(new_id(), version=1, keep=False)
    saved = ordered.saved(ordered.contents, CAS, LATER, version=2)
    assert (saved.version, saved.leaves_with, saved.saved_by, saved.saved_at) == (3, None, CAS, LATER)
    # What it became before is still told.
    assert saved.order_id == ordered.order_id


def test_nobody_overwrites_what_he_has_not_seen() -> None:
    cart = a_cart()
    saved = cart.saved(cart.contents, CAS, LATER, version=1)
    with pytest.raises(Overtaken):
        saved.saved(cart.contents, None, LATER, version=1)


def test_what_could_never_be_ordered_is_not_saved() -> None:
    offer = new_id()
    with pytest.raises(OfferTwice):
        a_cart().saved(a_cart(CartLine(1, offer, 1), CartLine(2, offer, 1)).contents, CAS, LATER, version=1)


@pytest.mark.parametrize(
    ("reason_then", "price_then", "reason_now", "price_now", "told"),
    [
        (None, 100, None, 100, ()),
        (None, 100, None, 101, (Change.PRICE_ROSE,)),
        (None, 100, None, 99, (Change.PRICE_FELL,)),
        (None, 100, "not_enough_stock", 100, (Change.TOO_FEW,)),
        (None, 100, "not_enough_stock", 120, (Change.TOO_FEW, Change.PRICE_ROSE)),
        (None, 100, "offer_not_live", None, (Change.GONE,)),
        (None, 100, "seller_not_active", None, (Change.GONE,)),
        (None, 100, "unknown_option", None, (Change.TERMS_CHANGED,)),
        (None, 100, "not_in_packs", 100, (Change.TERMS_CHANGED,)),
        ("not_enough_stock", 100, "not_enough_stock", 100, ()),
        # It could not be had then, and cannot be had for another reason of the same kind now.
        ("offer_not_live", None, "unknown_offer", None, ()),
        ("not_enough_stock", 100, "offer_not_live", None, (Change.GONE,)),
        ("offer_not_live", None, None, 100, (Change.CAN_BE_HAD_AGAIN,)),
        ("not_enough_stock", 100, None, 90, (Change.CAN_BE_HAD_AGAIN, Change.PRICE_FELL)),
    ],
)
def test_a_buyer_is_told_what_became_of_a_line(
    reason_then: str | None, price_then: int | None, reason_now: str | None, price_now: int | None, told: tuple[Change]
) -> None:
    then, now = a_line_look(price=price_then, reason=reason_then), a_line_look(price=price_now, reason=reason_now)
    assert changes(then, now) == told


def test_nothing_has_changed_as_far_as_anybody_knows_where_nobody_looked() -> None:
    assert changes(None, a_line_look(reason="not_enough_stock")) == ()
