"""What is fetched from the shelves: everything once, gathered by offer and options, first what leaves first."""

from dataclasses import replace
from datetime import timedelta

from orders.domain.picking import picks_of
from orders.domain.reservation import ChosenOption
from orders.domain.seller_order import SellerOrder, SellerOrderState
from services.orders.tests.builders import NOW, a_seller_order, a_sold_line


def to_ship(number: str, hours: int | None, *lines: object) -> SellerOrder:
    part = a_seller_order(state=SellerOrderState.TO_SHIP, number=number, lines=lines)
    return replace(part, ship_by=None if hours is None else NOW + timedelta(hours=hours))


def test_units_of_one_offer_are_fetched_together_for_whoever_ordered_them() -> None:
    late = to_ship("100002-1", 48, a_sold_line(1, sku="B", quantity=2), a_sold_line(2, sku="A", quantity=1))
    soon = to_ship("100003-1", 4, a_sold_line(1, sku="B", quantity=5))
    first, second = picks_of([late, soon])
    assert (first.sku, first.quantity, first.ship_by) == ("A", 1, late.ship_by)
    assert (second.sku, second.quantity, second.ship_by) == ("B", 7, soon.ship_by)
    assert [(one.number, one.quantity) for one in second.seller_orders] == [("100003-1", 5), ("100002-1", 2)]


def test_the_same_offer_with_another_option_is_another_thing_to_fetch() -> None:
    plain = a_sold_line(1, sku="A", quantity=1)
    extra = a_sold_line(1, sku="A", quantity=2, options=(ChosenOption("azerty", "accessory", "AZERTY keyboard", 500),))
    found = picks_of([to_ship("1-1", 1, plain), to_ship("2-1", 1, extra)])
    assert [(one.options, one.quantity) for one in found] == [((), 1), (("AZERTY keyboard",), 2)]


def test_what_has_no_instant_yet_comes_last_and_nothing_is_lost() -> None:
    parts = [to_ship("9-1", None, a_sold_line(1, sku="A")), to_ship("1-1", 300, a_sold_line(1, sku="A"))]
    (pick,) = picks_of(parts)
    assert [one.number for one in pick.seller_orders] == ["1-1", "9-1"]
    assert pick.quantity == sum(line.quantity for part in parts for line in part.lines)
    assert picks_of([]) == []
