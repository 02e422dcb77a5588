"""The audit's laws about returns: a platform on which one phone came back is clean, and each thing wrong with it is found."""

from dataclasses import replace

import pytest

from cli.tests.audit_world import (
    EARNED,
    FEE,
    FEE_VAT,
    GROSS,
    INVOICE,
    JOURNALS,
    PICTURE,
    PROVIDER,
    UNITS,
    a_refund,
    broken,
    facts_of,
    journal,
    verdict,
)
from regrade.audit.facts import Book, Facts, Invoice, Journal, ProviderLine, Refund
from regrade.audit.law import Verdict

# One of the two phones comes back after the payout: half of everything, and the platform advances the seller's share.
BACK, COMMISSION = GROSS // 2, (FEE + FEE_VAT) // 2
OWED = BACK - COMMISSION
NOTE = replace(
    INVOICE,
    id="i2",
    number="SELL-2026-A00001",
    series="SELL-2026-A",
    gross_minor=BACK,
    units=UNITS[:1],
    kind="381",
    credits_id="i1",
    case_id="c1",
)
REFUND = a_refund(id="r1", state="settled", minor=BACK, cause="no_part", case_id="c1", credit_note_id="i2")


def of_part(one: Journal) -> Journal:
    return replace(one, seller_order_id="p1")


RETURN = tuple(
    of_part(one)
    for one in (
        journal(
            "k1",
            "P7_commission_swept_back",
            "credit_note/i2",
            6,
            ("psp.cash", "debit", COMMISSION),
            ("mkt.cash", "credit", COMMISSION),
        ),
        journal(
            "k2",
            "P13_advanced",
            "credit_note/i2",
            6,
            ("psp.cash", "debit", OWED),
            ("mkt.cash", "credit", OWED),
            ("mkt.receivable:seller", "debit", OWED),
            ("seller.available:seller", "credit", OWED),
        ),
        journal(
            "k3",
            "P9_commission_reversed",
            "credit_note/i2",
            6,
            ("mkt.commission", "debit", FEE // 2),
            ("mkt.vat_out", "debit", FEE_VAT // 2),
            ("seller.available:seller", "credit", COMMISSION),
        ),
        journal(
            "k4",
            "P9_credited",
            "refund/r1",
            6,
            ("seller.available:seller", "debit", BACK),
            ("refund.payable:r1", "credit", BACK),
        ),
        journal(
            "k5", "P8_refund_paid", "refund/r1", 7, ("refund.payable:r1", "debit", BACK), ("psp.cash", "credit", BACK)
        ),
    )
)
MOVES = (
    ProviderLine("6", "transfer", "w-platform", "w-buyer", COMMISSION, "EUR", "swept_back/i2", "t3"),
    ProviderLine("7", "transfer", "w-platform", "w-seller", OWED, "EUR", "advance/i2", "t4"),
    ProviderLine("8", "transfer", "w-seller", "w-buyer", OWED, "EUR", "credit/i2", "t5"),
    ProviderLine("9", "refund.created", "w-buyer", "in_transit", BACK, "EUR", "r1", "rf1"),
    ProviderLine("10", "refund.settled", "in_transit", "bank", BACK, "EUR", "r1", "rf1"),
)


def with_return(
    *,
    notes: tuple[Invoice, ...] = (NOTE,),
    refunds: tuple[Refund, ...] = (REFUND,),
    journals: tuple[Journal, ...] = RETURN,
    moves: tuple[ProviderLine, ...] = MOVES,
) -> Facts:
    """The platform after the return, or with something else in it."""
    picture = replace(
        PICTURE, invoices=(INVOICE, *notes), refunds=refunds, book=Book("database", (*JOURNALS, *journals))
    )
    return facts_of(picture=picture, provider=(*PROVIDER, *moves))


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("I1", "balances"),
        ("I2", "below zero"),
        ("I3", ""),
        ("I4", ""),
        ("I6", "payment provider"),
        ("I14", "no gap"),
        ("I14", "exactly one invoice"),
        ("I14", "Credit notes"),
    ],
)
def test_a_return_leaves_the_platform_clean(id: str, words: str) -> None:
    assert verdict(id, words, with_return()) is Verdict.OK


def test_a_later_sale_that_pays_the_advance_back_is_clean() -> None:
    back = journal(
        "k6",
        "P13_advance_recovered",
        "seller_order/p2",
        8,
        ("seller.available:seller", "debit", OWED),
        ("mkt.receivable:seller", "credit", OWED),
        ("mkt.cash", "debit", OWED),
        ("psp.cash", "credit", OWED),
    )
    move = ProviderLine("11", "transfer", "w-seller", "w-platform", OWED, "EUR", "recovery/p2", "t6")
    assert verdict("I6", "payment provider", with_return(journals=(*RETURN, back), moves=(*MOVES, move))) is Verdict.OK
    missing = broken("I6", "payment provider", with_return(journals=(*RETURN, back)))
    assert missing.startswith("transfer recovery/p2: the provider says nothing")


def test_credit_notes_beyond_their_invoice_are_found() -> None:
    more = replace(NOTE, gross_minor=GROSS + 1)
    refund = replace(REFUND, minor=GROSS + 1)
    assert f"is credited {GROSS + 1}" in broken("I14", "Credit notes", with_return(notes=(more,), refunds=(refund,)))


def test_a_device_that_is_credited_twice_is_found() -> None:
    again = replace(NOTE, id="i3", n=2, number="SELL-2026-A00002", case_id="c2")
    refund = replace(REFUND, id="r2", case_id="c2", credit_note_id="i3")
    both = with_return(notes=(NOTE, again), refunds=(REFUND, refund))
    assert "is credited 2 times" in broken("I14", "Credit notes", both)


def test_a_credited_device_that_was_never_invoiced_is_found() -> None:
    other = replace(NOTE, units=("490154203237518",))
    assert "does not stand on invoice" in broken("I14", "Credit notes", with_return(notes=(other,)))


def test_a_credit_note_without_its_invoice_is_found() -> None:
    lost = replace(NOTE, credits_id="i9")
    assert "credits an invoice that is not known" in broken("I14", "Credit notes", with_return(notes=(lost,)))


@pytest.mark.parametrize("refunds", [(), (replace(REFUND, minor=BACK - 1),), (replace(REFUND, case_id="c9"),)])
def test_a_credit_note_that_is_not_paid_back_exactly_is_found(refunds: tuple[Refund, ...]) -> None:
    assert "credit note i2" in broken("I14", "Credit notes", with_return(refunds=refunds))


def test_a_refund_of_a_case_without_a_credit_note_is_found() -> None:
    assert "credit note i2 of case c1 is over 0" in broken("I14", "Credit notes", with_return(notes=()))


def test_more_taken_from_the_seller_than_the_refund_is_found() -> None:
    greedy = tuple(
        replace(one, postings=tuple(replace(line, minor=line.minor + 1) for line in one.postings))
        if one.id == "k4"
        else one
        for one in RETURN
    )
    assert broken("I4", "", with_return(journals=greedy)).endswith(f"and {BACK + 1} was taken from the seller")


def test_a_refund_that_left_before_its_money_was_there_is_found() -> None:
    unfunded = tuple(one for one in RETURN if one.id != "k4")
    assert broken("I4", "", with_return(journals=unfunded)).endswith("and 0 was taken from the seller")


def test_a_refund_collected_from_another_wallet_is_found() -> None:
    short = tuple(replace(one, minor=OWED - 1) if one.reference == "credit/i2" else one for one in MOVES)
    assert f"we say {OWED}" in broken("I6", "payment provider", with_return(moves=short))


def test_a_payout_that_hands_out_what_a_refund_needed_is_found() -> None:
    greedy = replace(PICTURE.payouts[0], minor=EARNED, withheld_minor=1)
    picture = replace(PICTURE, payouts=(greedy,))
    assert "payout y1" in broken("I3", "", facts_of(picture=picture))


CONTESTED = replace(INVOICE, id="i1")
ANEW = replace(INVOICE, id="i8", number="SELL-2026-000002", n=2, replaces_id="i1", contest_id="x1")
ROOM = replace(NOTE, id="i9", gross_minor=GROSS, units=UNITS, case_id=None, contest_id="x1")


def contested(*invoices: Invoice) -> Facts:
    return facts_of(picture=replace(PICTURE, invoices=invoices))


def test_an_invoice_that_was_contested_with_success_leaves_the_platform_clean() -> None:
    facts = contested(CONTESTED, ANEW, ROOM)
    for words in ("Each shipped unit", "Credit notes", "no gap"):
        assert verdict("I14", words, facts) is Verdict.OK


@pytest.mark.parametrize(
    ("invoices", "sentence"),
    [
        ((CONTESTED, ROOM), "makes room for 0 invoices"),
        ((CONTESTED, replace(ANEW, gross_minor=GROSS - 1), ROOM), "does not say what credit note"),
        ((CONTESTED, replace(ANEW, units=UNITS[:1]), ROOM), "does not say what credit note"),
        ((CONTESTED, replace(ANEW, state="blocked"), ROOM), "does not say what credit note"),
        ((CONTESTED, ANEW, replace(ROOM, gross_minor=GROSS - 1)), "does not say what credit note"),
    ],
)
def test_a_correction_that_changes_what_was_sold_is_found(invoices: tuple[Invoice, ...], sentence: str) -> None:
    assert sentence in broken("I14", "Credit notes", contested(*invoices))
