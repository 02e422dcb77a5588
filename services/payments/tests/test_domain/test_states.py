"""Every move of every state table, in every state, legal or not."""

from collections.abc import Callable
from typing import Any

from chassis.kernel.ids import new_id
from chassis.testing.clock import START
from chassis.testing.walk import check_every_move
from payments.domain import card_payment, contest, invoice, payment, payout, refund, reversal, settlement
from payments.domain.card_payment import CardState, capture_for_shipment
from services.payments.tests.builders import (
    a_card_payment,
    a_contest,
    a_payment,
    a_payout,
    a_refund,
    a_reversal,
    a_settlement,
    an_invoice,
    eur,
)


def first(move: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Moves give back (new self, event)."""
    return lambda subject: move(subject)[0]


def test_every_move_of_a_payment() -> None:
    def receive(share: int) -> Callable[[Any], Any]:
        # Two more cents are always missing, so that a part is a part whatever came before.
        return first(
            lambda one: one.__class__(**{**vars(one), "received": one.due - eur(2)}).receive(eur(share), START)
        )

    tried = check_every_move(
        payment.MOVES,
        payment.PaymentState,
        a_payment,
        {
            "receive_part": receive(1),
            "secure": receive(2),
            "expire": first(lambda one: one.expire(START)),
            "cancel": first(lambda one: one.cancel(START, "cancelled_by_buyer")),
        },
        lambda one: one.state,
    )
    assert tried == 16


def test_every_move_of_a_card_payment() -> None:
    moves = {
        "require_3ds": first(lambda one: one.require_3ds("cp_1", "https://pay.test")),
        "authorise": first(lambda one: one.authorise("cp_1", START)),
        "capture": first(lambda one: one.record_capture(capture_for_shipment(one, new_id(), new_id(), eur(5), START))),
        "fail_capture": first(lambda one: one.fail_capture(new_id(), new_id(), "declined")),
        "fail": first(lambda one: one.fail("declined")),
        "void": first(lambda one: one.void()),
        "expire": first(lambda one: one.expire()),
    }
    tried = check_every_move(card_payment.MOVES, CardState, a_card_payment, moves, lambda one: one.state)
    assert tried == 7 * 7


def test_every_move_of_a_refund() -> None:
    moves = {
        "send": first(lambda one: one.send()),
        "settle": first(lambda one: one.settle(START)),
        "fail": first(lambda one: one.fail(START, "account_closed")),
    }
    assert check_every_move(refund.MOVES, refund.RefundState, a_refund, moves, lambda one: one.state) == 12


def test_every_move_of_a_contest() -> None:
    moves = {
        "uphold": first(lambda one: one.uphold("right", new_id(), new_id(), START)),
        "dismiss": first(lambda one: one.dismiss(contest.DismissalReason.DOCUMENT_IS_RIGHT, "wrong", START)),
    }
    assert check_every_move(contest.MOVES, contest.ContestState, a_contest, moves, lambda one: one.state) == 6


def test_every_move_of_a_payout() -> None:
    moves = {
        "send": first(lambda one: one.send()),
        "settle": first(lambda one: one.settle(START)),
        "fail": first(lambda one: one.fail(START, "account_closed")),
    }
    assert check_every_move(payout.MOVES, payout.PayoutState, a_payout, moves, lambda one: one.state) == 12


def test_every_move_of_a_settlement() -> None:
    moves = {
        "release": first(lambda one: one.release(START)),
        "pay_out": first(lambda one: one.pay_out(new_id())),
        "credit": first(lambda one: one.credit(new_id(), eur(46680), eur(3890), eur(778))),
        "plan_sweep": lambda one: one.plan_sweep(),
    }
    tried = check_every_move(settlement.MOVES, settlement.SettlementState, a_settlement, moves, lambda one: one.state)
    assert tried == 12


def test_every_move_of_a_reversal() -> None:
    moves = {"fund": lambda one: one.fund(reversal.Funding(from_pending=140283), START)}
    assert check_every_move(reversal.MOVES, reversal.ReversalState, a_reversal, moves, lambda one: one.state) == 2


def test_every_move_of_an_invoice() -> None:
    moves = {
        "validate": lambda one: one.validate("0" * 64),
        "block": lambda one: one.block("totals_do_not_add"),
        "issue": first(lambda one: one.issue(START)),
    }
    assert check_every_move(invoice.MOVES, invoice.InvoiceState, an_invoice, moves, lambda one: one.state) == 12


def test_each_event_carries_the_version_it_made() -> None:
    secured, event = a_payment().receive(eur(156048), START)
    assert (event.seq, secured.version) == (2, 2)
    issued, fact = an_invoice(invoice.InvoiceState.VALIDATED).issue(START)
    assert (fact.seq, issued.version) == (1, 1)
