"""What a seller order may do in which state, and by when it ships."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.kernel.ids import new_id
from chassis.testing.walk import check_every_move
from orders.domain.address_change import AddressAnswer, AddressChange
from orders.domain.cancellation_request import CancellationRequest, DeclineReason, DelayReason, RequestState
from orders.domain.delivery_terms import FailureReason, LossReason
from orders.domain.errors import VatNotCleared
from orders.domain.events import EndOfPaid
from orders.domain.seller_order import MOVES, SellerOrder, SellerOrderState, last_ship_by, ship_by_of
from orders.domain.shipment import MOVES as SHIPMENT_MOVES
from orders.domain.shipment import Shipment, ShipmentState
from services.orders.tests.builders import NOW, RULES, a_seller_order, a_shipment, a_sold_line, deliver_to


def asked_elsewhere(part: SellerOrder) -> SellerOrder:
    return replace(part, address_change=AddressChange(deliver_to("DE", "10115"), AddressAnswer.ASKED, NOW, NOW))


def asked(part: SellerOrder) -> SellerOrder:
    return replace(part, cancellation_request=CancellationRequest(RequestState.OPEN, NOW, NOW))


PLAYED: dict[str, Callable[[SellerOrder], Any]] = {
    "await_acceptance": lambda part: part.await_acceptance(NOW, at=NOW),
    "make_ready": lambda part: part.make_ready(RULES, NOW, at=NOW),
    "accept": lambda part: part.accept(RULES, at=NOW),
    "clear_vat": lambda part: part.clear_vat(at=NOW),
    "change_address": lambda part: part.change_address(deliver_to("DE", "10115"), None, at=NOW),
    "ask_address_change": lambda part: part.ask_address_change(deliver_to("DE", "10115"), None, NOW, at=NOW),
    "accept_address": lambda part: asked_elsewhere(part).accept_address(AddressAnswer.ACCEPTED, RULES, at=NOW),
    "refuse_address": lambda part: asked_elsewhere(part).refuse_address(AddressAnswer.REFUSED, RULES, at=NOW),
    "announce": lambda part: part.announce(new_id(), at=NOW),
    "withdraw": lambda part: replace(part, shipment_id=new_id()).withdraw("declined", at=NOW),
    "ship": lambda part: part.ship(new_id(), at=NOW),
    "deliver": lambda part: part.deliver(NOW, at=NOW),
    "fail_delivery": lambda part: replace(part, shipment_id=new_id()).fail_delivery("nobody_there", at=NOW),
    "resume_delivery": lambda part: replace(part, shipment_id=new_id()).resume_delivery(at=NOW),
    "bring_back": lambda part: replace(part, shipment_id=new_id()).bring_back(at=NOW),
    "lose": lambda part: replace(part, shipment_id=new_id()).lose(at=NOW),
    "complete": lambda part: part.complete(at=NOW),
    "cancel": lambda part: part.cancel("not_paid", at=NOW),
    "ask_cancellation": lambda part: part.ask_cancellation(NOW, at=NOW),
    "decline_cancellation": lambda part: asked(part).decline_cancellation(DeclineReason.SELLER, at=NOW),
    "announce_delay": lambda part: part.announce_delay(DelayReason.OTHER, NOW.date(), excused=False, at=NOW),
    "mark_late": lambda part: replace(part, ship_by=NOW).mark_late(NOW, at=NOW),
    "end": lambda part: part.end("out_of_stock", EndOfPaid("seller", NOW), at=NOW),
}


def test_every_move_in_every_state_goes_where_the_table_says_or_is_refused_by_name() -> None:
    def moved(play: Callable[[SellerOrder], Any]) -> Callable[[SellerOrder], SellerOrder]:
        return lambda part: play(part)[0]

    played = {name: moved(play) for name, play in PLAYED.items()}
    tried = check_every_move(
        MOVES, SellerOrderState, lambda state: a_seller_order(state=state), played, lambda part: part.state
    )
    assert tried == len(PLAYED) * len(SellerOrderState)


def test_every_move_of_a_shipment() -> None:
    def deliver(shipment: Shipment) -> Shipment:
        return shipment.deliver(NOW, at=NOW)[0]

    part = a_seller_order()
    tried = check_every_move(
        SHIPMENT_MOVES,
        ShipmentState,
        lambda state: a_shipment(part, state),
        {
            "dispatch": lambda shipment: shipment.dispatch({}, at=NOW)[0],
            "withdraw": lambda shipment: shipment.withdraw("declined")[0],
            "deliver": deliver,
            "fail": lambda shipment: shipment.fail(FailureReason.NOBODY_THERE)[0],
            "ask_redelivery": lambda shipment: shipment.ask_redelivery(at=NOW)[0],
            "resume": lambda shipment: shipment.resume()[0],
            "bring_back": lambda shipment: shipment.bring_back()[0],
            "lose": lambda shipment: shipment.lose(LossReason.CARRIER)[0],
        },
        lambda shipment: shipment.state,
    )
    assert tried == 8 * len(ShipmentState)


@pytest.mark.parametrize("move", sorted(PLAYED))
def test_each_version_has_exactly_one_event(move: str) -> None:
    state = next(state for name, state in MOVES.moves if name == move)
    before = a_seller_order(state=state)
    after, event = PLAYED[move](before)
    assert (after.version, event.seq, event.aggregate_id) == (before.version + 1, before.version + 1, before.id)


def test_goods_do_not_leave_while_their_vat_is_open() -> None:
    held = a_seller_order(state=SellerOrderState.TO_SHIP, vat_hold_reason="buyer_vat_unchecked")
    with pytest.raises(VatNotCleared):
        held.ship(new_id(), at=NOW)
    cleared, _ = held.clear_vat(at=NOW)
    assert cleared.ship(new_id(), at=NOW)[0].state is SellerOrderState.SHIPPED


# 2026-11-23 is a Monday; Paris is one hour ahead of UTC, so its 13:00 is 12:00 UTC and its last second 22:59:59 UTC.
@pytest.mark.parametrize(
    ("secured_at", "day"),
    [
        (datetime(2026, 11, 23, 11, 59, 59, tzinfo=UTC), 23),
        (datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC), 23),
        (datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC), 24),
        (datetime(2026, 11, 21, 9, 0, 0, tzinfo=UTC), 23),
    ],
    ids=["before the cut-off", "sharp counts as before", "after the cut-off", "on a Saturday"],
)
def test_stock_ships_by_the_cut_off_of_its_place(secured_at: datetime, day: int) -> None:
    ship_by, calendar = ship_by_of((a_sold_line(),), RULES, secured_at)
    assert ship_by == datetime(2026, 11, day, 22, 59, 59, tzinfo=UTC)
    assert calendar.endswith("/FR")


def test_each_day_beyond_stock_is_added_and_the_slowest_line_decides() -> None:
    lines = (a_sold_line(1), a_sold_line(2, dispatch_business_days=3))
    assert ship_by_of(lines, RULES, NOW)[0] == datetime(2026, 11, 25, 22, 59, 59, tzinfo=UTC)


def test_the_last_parcel_of_an_order_decides_and_an_acceptance_comes_first() -> None:
    slow = a_seller_order(lines=(a_sold_line(dispatch_business_days=3),))
    assert last_ship_by((a_seller_order(), slow), RULES, NOW) == datetime(2026, 11, 25, 22, 59, 59, tzinfo=UTC)
    # On a Monday the seller may think until the end of Tuesday, which is past the cut-off: Wednesday and two days more.
    asked = replace(RULES, acceptance="manual", acceptance_business_days=1)
    assert last_ship_by((a_seller_order(), slow), asked, NOW) == datetime(2026, 11, 27, 22, 59, 59, tzinfo=UTC)


def test_an_arrival_lies_between_the_dispatch_and_now() -> None:
    shipment = a_shipment(a_seller_order())
    early, _ = shipment.deliver(datetime(2026, 11, 1, tzinfo=UTC), at=NOW)
    assert early.delivered_at == shipment.dispatched_at
    late, _ = shipment.deliver(datetime(2030, 1, 1, tzinfo=UTC), at=NOW)
    assert late.delivered_at == NOW
