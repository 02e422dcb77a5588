"""Reservations: all lines or none, each refusal with its reason, each move once."""

from dataclasses import replace
from typing import Any

import pytest

from catalog.domain.events import ReservationHeld, ReservationRefused
from catalog.domain.offer import StockedOffer
from catalog.domain.reservation import MOVES, OrderedLine, Reservation, ReservationState, look, reserve
from chassis.kernel.ids import new_id
from chassis.kernel.money import Money
from chassis.testing.walk import check_every_move

from ..builders import NOW, an_offer, an_order, euros, rules, stocked


def decide(offers: list[StockedOffer], *lines: OrderedLine, **changes: Any) -> Any:
    known = {one.offer.id: one for one in offers}
    return reserve(an_order(*lines, **changes), known, rules(price_countries=("FR", "DE")), NOW)


def reasons(event: ReservationRefused) -> list[tuple[int, str]]:
    return [(line.line_no, line.reason) for line in event.lines]


def test_every_move_in_every_state() -> None:
    tried = check_every_move(
        MOVES,
        ReservationState,
        lambda state: Reservation(new_id(), 1, state, NOW),
        {"consume": lambda one: one.consume(NOW)[0], "release": lambda one: one.release("cancelled")[0]},
        lambda one: one.state,
    )
    assert tried == 8


def test_a_held_line_carries_the_terms_of_the_moment() -> None:
    one = stocked(an_offer(prices={"DE": euros(40_000)}))
    reservation, event = decide([one], OrderedLine(1, one.offer.id, 2), price_country="DE")
    assert isinstance(event, ReservationHeld)
    assert event.lines[0].unit_price == euros(40_000)
    assert event.lines[0].title == "Apple iPhone 13 128GB 4GB RAM Blue"
    assert reservation.units == ((one.offer.id, 2),)


def test_one_missing_line_refuses_the_whole_order() -> None:
    plenty, none = stocked(an_offer(), 5), stocked(an_offer(), 0)
    lines = OrderedLine(1, plenty.offer.id, 1), OrderedLine(2, none.offer.id, 1)
    reservation, event = decide([plenty, none], *lines)
    assert reasons(event) == [(2, "not_enough_stock")]
    assert (reservation.state, reservation.units) == (ReservationState.REFUSED, ())


def test_two_lines_cannot_both_count_on_the_last_unit() -> None:
    one = stocked(an_offer(), 3)
    _, event = decide([one], OrderedLine(1, one.offer.id, 2), OrderedLine(2, one.offer.id, 2))
    assert reasons(event) == [(1, "not_enough_stock"), (2, "not_enough_stock")]
    assert event.lines[0].available == 3


@pytest.mark.parametrize(
    ("offer", "active", "line", "order", "reason"),
    [
        ({"markets": ("nl-market",)}, True, {}, {}, "country_not_served"),
        ({}, True, {}, {"price_country": "US"}, "country_not_served"),
        ({}, False, {}, {}, "seller_not_active"),
        ({"paused": True}, True, {}, {}, "offer_not_live"),
        ({}, True, {}, {"currency": "DKK"}, "currency"),
        ({}, True, {"unit_price": Money(38_900, "DKK")}, {}, "currency"),
        ({}, True, {"unit_price": euros(38_899)}, {}, "price_changed"),
        ({}, True, {"quantity": 6}, {}, "not_enough_stock"),
    ],
)
def test_a_refused_line_says_why(
    offer: dict[str, Any], active: bool, line: dict[str, Any], order: dict[str, Any], reason: str
) -> None:
    one = stocked(an_offer(**offer), 5, active=active)
    _, event = decide([one], replace(OrderedLine(1, one.offer.id, 1), **line), **order)
    assert reasons(event) == [(1, reason)]


def test_an_offer_nobody_knows_is_refused_with_nothing_available() -> None:
    _, event = decide([], OrderedLine(1, new_id(), 1))
    assert (event.lines[0].reason, event.lines[0].available) == ("unknown_offer", 0)


@pytest.mark.policy("B9", "uk-shop")
def test_a_buyer_who_saw_a_higher_price_pays_todays() -> None:
    one = stocked(an_offer(price=euros(38_000)))
    _, event = decide([one], OrderedLine(1, one.offer.id, 1, unit_price=euros(38_900)))
    assert event.lines[0].unit_price == euros(38_000)


def test_each_seller_charges_its_highest_fee_once() -> None:
    seller, other = new_id(), new_id()
    offers = [
        stocked(an_offer(seller_id=seller, shipping_fee=euros(500))),
        stocked(an_offer(seller_id=seller, shipping_fee=euros(990))),
        stocked(an_offer(seller_id=other, shipping_fee=euros(0))),
    ]
    _, event = decide(offers, *[OrderedLine(n, one.offer.id, 2) for n, one in enumerate(offers, start=1)])
    assert dict(event.shipping) == {seller: euros(990), other: euros(0)}


def test_a_look_at_lines_tells_each_by_itself_where_a_reservation_refuses_all() -> None:
    fee = euros(900)
    plenty, none = stocked(an_offer(shipping_fee=fee), 5), stocked(an_offer(shipping_fee=euros(5_000)), 0)
    lines = OrderedLine(1, plenty.offer.id, 2), OrderedLine(2, none.offer.id, 1), OrderedLine(3, new_id(), 1)
    known = {one.offer.id: one for one in (plenty, none)}
    seen, fees = look(an_order(*lines), known, rules())
    assert [(one.line_no, one.available, one.reason) for one in seen] == [
        (1, 5, None),
        (2, 0, "not_enough_stock"),
        (3, 0, "unknown_offer"),
    ]
    # What is out of stock has a price all the same, what is not there has none.
    assert [one.terms.unit_price if one.terms else None for one in seen] == [
        plenty.offer.price_for("FR", 2),
        none.offer.price_for("FR", 1),
        None,
    ]
    # Nobody ships what cannot be had.
    assert fees == ((plenty.offer.seller_id, fee),)


def test_a_line_that_can_be_had_is_looked_at_as_it_would_be_held() -> None:
    one = stocked(an_offer(prices={"DE": euros(40_000)}))
    line = OrderedLine(1, one.offer.id, 2)
    _, event = decide([one], line, price_country="DE")
    order = an_order(line, price_country="DE")
    (seen,), fees = look(order, {one.offer.id: one}, rules(price_countries=("FR", "DE")))
    assert (seen.terms, fees) == (event.lines[0], event.shipping)
