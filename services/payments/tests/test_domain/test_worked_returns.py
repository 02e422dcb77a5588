"""The worked examples E3 and E4, journal by journal: figures from the rule book, never from the program."""

from collections.abc import Sequence

from chassis.kernel.ids import new_id
from chassis.kernel.money import Money
from payments.domain.accounts import MKT_CASH, available_of, pending_of
from payments.domain.books import escrow_difference, fold
from payments.domain.commission import Commission, reversal_of
from payments.domain.journal import Entry
from payments.domain.ledger_rules import (
    advance_recovered,
    advanced,
    captured,
    card_settled,
    commission,
    commission_reversed,
    commission_swept,
    credited,
    fee_set_off,
    paid_out,
    refund_paid,
    released,
    shipped,
    transfer_matched,
    transfer_received,
)
from services.payments.tests.builders import eur

ORDER, PART, SELLER, BUYER, REFUND = (new_id() for _ in range(5))
PENDING, AVAILABLE = f"seller.pending:{PART}", f"seller.available:{SELLER}"
ESCROW, PAYABLE = f"buyer.escrow:{ORDER}", f"refund.payable:{REFUND}"
Lines = list[tuple[str, str, int]]


def dkk(minor: int) -> Money:
    return Money(minor, "DKK")


def play(steps: Sequence[tuple[Entry, Lines]]) -> dict[str, int]:
    """Each rule posts what the book says, escrow is exact after each, and what is left is told by account."""
    balances: dict[object, int] = {}
    for entry, expected in steps:
        assert [(one.account.name, one.side, one.amount.minor) for one in entry.postings] == expected
        balances = dict(fold([entry], balances))  # type: ignore[arg-type]
        assert escrow_difference(balances) == 0, entry.kind  # type: ignore[arg-type]
    return {account.name: minor for account, minor in balances.items() if minor}  # type: ignore[attr-defined]


def test_e3_a_refund_after_release_with_the_fee_of_a_clean_test_set_off() -> None:
    # 2 monitors x 1,199.00 + 25 %; 8 % commission without VAT. Unit 1 comes back: 1,498.75 and half of the commission.
    net, vat = reversal_of(Commission(dkk(19184), dkk(0), "AE", None), 239800, 0, 119900)
    assert (net, vat) == (dkk(9592), dkk(0))
    left = play(
        [
            (captured(ORDER, dkk(299750)), [("psp.card", "debit", 299750), (ESCROW, "credit", 299750)]),
            (card_settled(ORDER, dkk(299750)), [("psp.cash", "debit", 299750), ("psp.card", "credit", 299750)]),
            (shipped(ORDER, PART, dkk(299750)), [(ESCROW, "debit", 299750), (PENDING, "credit", 299750)]),
            (
                commission(ORDER, PART, dkk(19184), dkk(0)),
                [(PENDING, "debit", 19184), ("mkt.commission", "credit", 19184)],
            ),
            (released(ORDER, PART, SELLER, dkk(280566)), [(PENDING, "debit", 280566), (AVAILABLE, "credit", 280566)]),
            (
                credited(ORDER, PART, available_of(SELLER), REFUND, dkk(149875)),
                [(AVAILABLE, "debit", 149875), (PAYABLE, "credit", 149875)],
            ),
            (
                commission_reversed(ORDER, PART, available_of(SELLER), net, vat),
                [("mkt.commission", "debit", 9592), (AVAILABLE, "credit", 9592)],
            ),
            (fee_set_off(ORDER, REFUND, SELLER, dkk(50000)), [(PAYABLE, "debit", 50000), (AVAILABLE, "credit", 50000)]),
            (refund_paid(REFUND, dkk(99875), ORDER), [(PAYABLE, "debit", 99875), ("psp.cash", "credit", 99875)]),
            (paid_out(SELLER, dkk(190283)), [(AVAILABLE, "debit", 190283), ("psp.cash", "credit", 190283)]),
            (commission_swept(dkk(9592)), [("mkt.cash", "debit", 9592), ("psp.cash", "credit", 9592)]),
        ]
    )
    assert left == {"mkt.commission": 9592, "mkt.cash": 9592}


def test_e4_a_refund_before_release_is_taken_from_what_is_pending() -> None:
    # 2 x 250.00 + 21 %; 10 % commission without VAT. One unit comes back: 302.50 and half of the commission.
    net, vat = reversal_of(Commission(eur(5000), eur(0), "AE", None), 50000, 0, 25000)
    assert (net, vat) == (eur(2500), eur(0))
    unapplied = f"buyer.unapplied:{BUYER}"
    left = play(
        [
            (transfer_received(BUYER, eur(60500)), [("psp.cash", "debit", 60500), (unapplied, "credit", 60500)]),
            (transfer_matched(BUYER, ORDER, eur(60500)), [(unapplied, "debit", 60500), (ESCROW, "credit", 60500)]),
            (shipped(ORDER, PART, eur(60500)), [(ESCROW, "debit", 60500), (PENDING, "credit", 60500)]),
            (
                commission(ORDER, PART, eur(5000), eur(0)),
                [(PENDING, "debit", 5000), ("mkt.commission", "credit", 5000)],
            ),
            (
                credited(ORDER, PART, pending_of(PART), REFUND, eur(30250)),
                [(PENDING, "debit", 30250), (PAYABLE, "credit", 30250)],
            ),
            (
                commission_reversed(ORDER, PART, pending_of(PART), net, vat),
                [("mkt.commission", "debit", 2500), (PENDING, "credit", 2500)],
            ),
            (refund_paid(REFUND, eur(30250), ORDER), [(PAYABLE, "debit", 30250), ("psp.cash", "credit", 30250)]),
            (released(ORDER, PART, SELLER, eur(27750)), [(PENDING, "debit", 27750), (AVAILABLE, "credit", 27750)]),
            (paid_out(SELLER, eur(27750)), [(AVAILABLE, "debit", 27750), ("psp.cash", "credit", 27750)]),
            (commission_swept(eur(2500)), [("mkt.cash", "debit", 2500), ("psp.cash", "credit", 2500)]),
        ]
    )
    assert left == {"mkt.commission": 2500, "mkt.cash": 2500}


def test_p13_an_advance_is_the_platforms_money_until_a_later_sale_brings_it_back() -> None:
    # What was swept before is the platform's own; the advance of decision 16 goes the same way back.
    receivable = f"mkt.receivable:{SELLER}"
    there: Lines = [
        ("psp.cash", "debit", 9000), ("mkt.cash", "credit", 9000), (receivable, "debit", 9000), (AVAILABLE, "credit", 9000),
    ]  # fmt: skip
    back: Lines = [
        (AVAILABLE, "debit", 9000), (receivable, "credit", 9000), ("mkt.cash", "debit", 9000), ("psp.cash", "credit", 9000),
    ]  # fmt: skip
    left = play([(advanced(ORDER, PART, SELLER, eur(9000)), there), (advance_recovered(SELLER, eur(9000)), back)])
    assert left == {}
    assert MKT_CASH.may_be_negative


def test_the_last_reversal_takes_the_rest_of_the_commission() -> None:
    # 10.00 of commission on three pieces of equal price: 3.33, 3.34 and 3.33 are 10.00.
    earned = Commission(eur(1000), eur(200), "S", "20")
    parts = [reversal_of(earned, 3, before, 1) for before in range(3)]
    assert [net.minor for net, _ in parts] == [333, 334, 333]
    assert sum(vat.minor for _, vat in parts) == 200
