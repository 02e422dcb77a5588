"""What an order may do in which state."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from chassis.kernel.ids import new_id
from chassis.testing.walk import check_every_move
from orders.domain.approval import Decision
from orders.domain.errors import OfferTwice, OrderWithoutLines, QuantityOutOfRange
from orders.domain.hold import hold_from
from orders.domain.order import MOVES, PROGRESS, Order, OrderLine, OrderState, check_lines, reach
from orders.domain.reservation import Refusal
from services.orders.tests.builders import ANN, BEN, NOW, RULES, TOTALS, an_approval, an_order

YES = Decision(1, BEN, None, True, None, NOW)
PLAYED: dict[str, Callable[[Order], Any]] = {
    "place": lambda order: order.place(24_000, at=NOW),
    "await_approval": lambda order: order.await_approval(an_approval(), at=NOW),
    "approve_step": lambda order: order.approve(an_approval(steps=((BEN,), (ANN,)), decisions=(YES,)), at=NOW),
    "approve": lambda order: order.approve(an_approval(decisions=(YES,)), at=NOW),
    "withdraw": lambda order: order.withdraw(at=NOW),
    "hold": lambda order: order.keep(TOTALS, hold_from(RULES, NOW), [], at=NOW),
    "refuse": lambda order: order.refuse(Refusal("stock"), at=NOW),
    "pay_in_part": lambda order: order.pay_in_part(1_000, at=NOW),
    "remind": lambda order: order.remind(2, at=NOW),
    "secure": lambda order: order.secure(new_id(), NOW, at=NOW),
    "expire": lambda order: order.expire(at=NOW),
    "auto_cancel": lambda order: order.auto_cancel(at=NOW),
    "cancel": lambda order: order.cancel(at=NOW),
    "attach_purchase_order": lambda order: order.attach_purchase_order("0" * 64, at=NOW),
    **{
        reach(state): partial(Order.progress, to=state, at=NOW)
        for state in (*PROGRESS[1:], OrderState.CANCELLED_EXCEPTION)
    },
}


def test_every_move_in_every_state_goes_where_the_table_says_or_is_refused_by_name() -> None:
    def moved(play: Callable[[Order], Any]) -> Callable[[Order], Order]:
        return lambda order: play(order)[0]

    played = {name: moved(play) for name, play in PLAYED.items()}
    tried = check_every_move(MOVES, OrderState, an_order, played, lambda order: order.state)
    assert tried == len(PLAYED) * len(OrderState)


@pytest.mark.parametrize("move", sorted(PLAYED))
def test_each_version_has_exactly_one_event(move: str) -> None:
    state = next(state for name, state in MOVES.moves if name == move)
    before = an_order(state)
    after, event = PLAYED[move](before)
    assert after.version == before.version + 1
    assert (event.aggregate_id, event.seq) == (before.id, after.version)


def test_a_paid_order_never_goes_back() -> None:
    for move, state in MOVES.moves:
        if state in PROGRESS and MOVES.moves[move, state] is not OrderState.CANCELLED_EXCEPTION:
            assert PROGRESS.index(MOVES.moves[move, state]) >= PROGRESS.index(state)


def test_an_order_ends_unpaid_only_after_payments_was_asked() -> None:
    assert [state for move, state in MOVES.moves if move == "auto_cancel"] == [OrderState.EXPIRY_PENDING]


def test_a_partial_payment_says_what_is_missing() -> None:
    after, event = an_order().pay_in_part(9_500, at=NOW)
    assert (event.received, event.missing) == (9_500, 14_500)
    assert after.received == 9_500


@pytest.mark.parametrize("quantity", [0, -1, 10_000])
def test_a_quantity_outside_of_1_to_9999_is_refused(quantity: int) -> None:
    with pytest.raises(QuantityOutOfRange):
        check_lines([OrderLine(1, new_id(), quantity)])


def test_an_offer_stands_on_one_line_only() -> None:
    offer = new_id()
    with pytest.raises(OfferTwice):
        check_lines([OrderLine(1, offer, 1), OrderLine(2, offer, 1)])


@pytest.mark.parametrize("count", [0, 201])
def test_an_order_has_1_to_200_lines(count: int) -> None:
    with pytest.raises(OrderWithoutLines):
        check_lines([OrderLine(n, new_id(), 1) for n in range(count)])
