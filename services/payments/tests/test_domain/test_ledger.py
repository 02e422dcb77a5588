"""The books: journals balance by construction, nobody is overdrawn, and escrow adds up after every journal."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.ids import new_id
from chassis.kernel.money import Money
from payments.domain import ledger_rules as rules
from payments.domain.accounts import MKT_CASH, PSP_CARD, PSP_CASH, Account, AccountKind, escrow_of
from payments.domain.books import escrow_difference, fold
from payments.domain.errors import AccountWouldBeOverdrawn
from payments.domain.journal import Entry, JournalKind, Posting, Unbalanced, credit, debit
from payments.domain.matching import Candidate, match_credit
from payments.domain.payment import Payment, open_payment
from services.payments.tests.builders import ACCOUNT, a_credit, a_held_order, eur

BUYER = new_id()


@pytest.mark.parametrize(
    "postings",
    [
        (debit(PSP_CASH, eur(100)), credit(PSP_CARD, eur(99))),
        (debit(PSP_CASH, eur(100)),),
        (),
        (debit(PSP_CASH, eur(0)), credit(PSP_CARD, eur(0))),
        (debit(PSP_CASH, eur(-5)), credit(PSP_CARD, eur(-5))),
        (debit(PSP_CASH, eur(100)), credit(PSP_CARD, Money(100, "DKK"))),
    ],
)
def test_an_entry_that_does_not_balance_cannot_be_made(postings: tuple[Posting, ...]) -> None:
    with pytest.raises(Unbalanced):
        Entry(JournalKind.CARD_SETTLED, postings)


@pytest.mark.parametrize("kind", list(AccountKind))
def test_a_stored_name_is_the_same_account_again(kind: AccountKind) -> None:
    account = Account(kind, "0193-abc")
    assert Account.named(account.name) == account
    assert Account.named(str(kind)) == Account(kind)


def test_a_sellers_money_cannot_pay_for_more_than_it_is() -> None:
    order, seller_order, seller = new_id(), new_id(), new_id()
    start = fold(
        [rules.captured(order, eur(100)), rules.shipped(order, seller_order, eur(100)),
         rules.released(order, seller_order, seller, eur(100))]
    )  # fmt: skip
    with pytest.raises(AccountWouldBeOverdrawn) as refusal:
        fold([rules.paid_out(seller, eur(101))], start)
    assert refusal.value.facts["account"] == f"seller.available:{seller}"


def test_escrow_money_of_one_order_cannot_ship_another() -> None:
    with pytest.raises(AccountWouldBeOverdrawn):
        fold([rules.captured(new_id(), eur(100)), rules.shipped(new_id(), new_id(), eur(1))])


def test_a_missing_posting_would_show_in_the_escrow_difference() -> None:
    order = new_id()
    balances = fold([rules.captured(order, eur(100))])
    broken = {**balances, escrow_of(order): 99}
    assert escrow_difference(balances) == 0
    assert escrow_difference(broken) == 1


def test_a_platform_account_may_be_overdrawn() -> None:
    entry = Entry(JournalKind.COMMISSION_SWEPT, (debit(PSP_CASH, eur(7)), credit(MKT_CASH, eur(7))))
    assert fold([entry])[MKT_CASH] == -7


wires = st.lists(
    st.tuples(st.integers(1, 3000), st.sampled_from(["", "1", "2", "3", "1 2", "9"])), min_size=1, max_size=30
)


@given(wires, st.lists(st.integers(1, 2000), min_size=1, max_size=3), st.sets(st.integers(1, 3)))
def test_any_sequence_of_transfers_keeps_the_invariant_and_loses_no_cent(
    sent: list[tuple[int, str]], dues: list[int], cancelled: set[int]
) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    payments: list[Payment] = [
        open_payment(a_held_order(due, number=str(n), buyer_id=BUYER), ACCOUNT, now)[0]
        for n, due in enumerate(dues, start=1)
    ]
    payments = [one.expire(now)[0] if int(one.order.number) in cancelled else one for one in payments]
    balances: dict[Account, int] = {}
    totals = {"order": 0, "refund": 0, "unapplied": 0}
    for amount, remittance in sent:
        candidates: list[Candidate] = [one.candidate() for one in payments]
        entries = [rules.transfer_received(BUYER, eur(amount))]
        for part in match_credit(a_credit(amount, remittance), candidates).parts:
            totals[part.kind] += part.amount_minor
            money = eur(part.amount_minor)
            if part.kind == "order":
                assert part.order_id is not None
                payments = [
                    one.receive(money, now)[0] if one.order.order_id == part.order_id else one for one in payments
                ]
                entries.append(rules.transfer_matched(BUYER, part.order_id, money))
            elif part.kind == "refund":
                refund = new_id()
                entries += [
                    rules.refund_of_unapplied(BUYER, refund, money),
                    rules.refund_paid(refund, money, part.order_id),
                ]
        balances = fold(entries, balances)
        assert escrow_difference(balances) == 0
    assert sum(totals.values()) == sum(amount for amount, _ in sent)
    assert balances[PSP_CASH] == totals["order"] + totals["unapplied"]
    assert sum(one.received.minor for one in payments) == totals["order"]
