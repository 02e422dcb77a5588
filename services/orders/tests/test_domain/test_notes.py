"""Which notes of an order a seller may read."""

import pytest

from orders.domain.notes import Notes
from orders.domain.seller_order import SellerOrderState
from services.orders.tests.builders import a_seller_order, a_sold_line

NOTES = Notes("to all", {1: "first", 2: "second"})


def test_a_seller_reads_what_is_for_all_and_what_is_about_its_own_lines() -> None:
    part = a_seller_order(state=SellerOrderState.TO_SHIP, lines=(a_sold_line(2), a_sold_line(3)))
    assert part.own(NOTES) == Notes("to all", {2: "second"})
    assert part.own(None) == Notes()


@pytest.mark.parametrize("state", list(SellerOrderState))
def test_notes_are_shown_where_the_address_is(state: SellerOrderState) -> None:
    part = a_seller_order(state=state)
    assert (part.own(NOTES) == Notes()) is not part.shows_address
