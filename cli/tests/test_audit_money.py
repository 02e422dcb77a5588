"""The audit's laws about money, each against a platform with one thing wrong."""

from dataclasses import replace

from cli.tests.audit_world import (
    BALANCES,
    EARNED,
    GROSS,
    JOURNALS,
    PICTURE,
    PROVIDER,
    a_refund,
    broken,
    facts_of,
    journal,
    verdict,
    with_journals,
    with_picture,
    with_provider,
)
from regrade.audit.facts import Allocation, BankLine, Book, Posting, ProviderLine
from regrade.audit.law import Verdict


def test_a_journal_that_is_off_by_a_cent_is_found() -> None:
    last = JOURNALS[-1]
    off = replace(last, postings=(replace(last.postings[0], minor=last.postings[0].minor + 1), *last.postings[1:]))
    assert broken("I1", "balances", with_journals(*JOURNALS[:-1], off)).endswith("+1 EUR")


def test_a_journal_in_two_currencies_is_found() -> None:
    both = journal("j9", "P12", "x", 9, ("psp.cash", "debit", 5), ("psp.cash", "credit", 5))
    other = tuple(replace(line, currency="DKK") for line in both.postings)
    mixed = replace(both, postings=(*both.postings, *other))
    assert "2 currencies" in broken("I1", "balances", with_journals(*JOURNALS, mixed))


def test_a_journal_that_only_one_place_knows_is_found() -> None:
    extra = journal("j9", "P12", "x", 9, ("psp.cash", "debit", 5), ("psp.cash", "credit", 5))
    books = (Book("topics", JOURNALS), Book("database", (*JOURNALS, extra)))
    assert broken("I1", "same journals", facts_of(books=books)).startswith("journal j9")


def test_a_balance_that_is_not_its_postings_is_found() -> None:
    wrong = {**BALANCES, ("mkt.cash", "EUR"): BALANCES["mkt.cash", "EUR"] + 7}
    assert broken("I2", "sum of its postings", with_journals(*JOURNALS, balances=wrong)).startswith(
        "mkt.cash shows 2407"
    )


def test_an_account_without_a_balance_is_found() -> None:
    missing = {key: balance for key, balance in BALANCES.items() if key[0] != "mkt.commission"}
    assert broken("I2", "sum of its postings", with_journals(*JOURNALS, balances=missing)).startswith("mkt.commission")


def test_escrow_below_zero_is_found_even_if_it_recovers() -> None:
    # Shipped before it was matched: the sums at the end are the same.
    early = replace(JOURNALS[2], step=0)
    sentence = broken("I2", "below zero", with_journals(*(early if one.id == "j3" else one for one in JOURNALS)))
    assert sentence == f"buyer.escrow:o1 falls to -{GROSS} EUR after 1 steps"


def test_sale_money_that_left_escrow_for_nobody_is_found() -> None:
    away = journal("j9", "P12", "x", 9, ("mkt.psp_fees", "debit", 5), ("psp.cash", "credit", 5))
    assert "off by -5 EUR" in broken("I2", "Escrow", with_journals(*JOURNALS, away))


def test_money_of_an_order_that_went_somewhere_else_is_found() -> None:
    # Ten euro of the order went to the platform instead of the seller.
    leak = replace(
        JOURNALS[2],
        postings=(
            Posting("buyer.escrow:o1", "debit", GROSS, "EUR"),
            Posting("seller.pending:p1", "credit", GROSS - 1000, "EUR"),
            Posting("mkt.cash", "credit", 1000, "EUR"),
        ),
    )
    sentence = broken("I3", "", with_journals(*(leak if one.id == "j3" else one for one in JOURNALS)))
    assert sentence.startswith(f"order o1: captured {GROSS} is not paid out {EARNED}")


def test_an_ended_order_that_still_holds_money_is_found() -> None:
    unpaid = with_picture(
        orders=(replace(PICTURE.orders[0], state="auto_cancelled"),),
        payouts=(),
        book=Book("database", JOURNALS[:2], None),
    )
    assert broken("I3", "", unpaid) == f"order o1 is auto_cancelled and still holds {GROSS}"


def test_a_payout_of_less_than_was_earned_is_found() -> None:
    less = replace(PICTURE.payouts[0], minor=EARNED - 1)
    assert broken("I3", "", with_picture(payouts=(less,))).startswith(f"payout y1 says {EARNED - 1}")


def test_a_payout_that_nobody_created_is_found() -> None:
    assert "payout y1" in broken("I3", "", with_picture(payouts=()))


def test_more_captured_than_the_order_costs_is_found() -> None:
    cheaper = replace(PICTURE.orders[0], gross_minor=GROSS - 1)
    assert broken("I3", "", with_picture(orders=(cheaper,))) == f"order o1 costs {GROSS - 1} and captured {GROSS}"


def test_more_money_back_than_a_transfer_brought_is_found() -> None:
    twice = (a_refund(minor=GROSS), a_refund(id="r2", minor=1, cause="late"))
    assert broken("I4", "", with_picture(refunds=twice)) == f"bank line b1 brought {GROSS}, and {GROSS + 1} goes back"


def test_a_failed_refund_does_not_count_as_money_back() -> None:
    failed = a_refund(minor=GROSS, state="failed")
    assert verdict("I4", "", with_picture(refunds=(failed, a_refund(id="r2", minor=GROSS, cause="late")))) is Verdict.OK


def test_the_same_refund_twice_is_found() -> None:
    assert "refunded twice" in broken("I4", "", with_picture(refunds=(a_refund(), a_refund(id="r2"))))


def test_a_settled_refund_that_is_not_booked_is_found() -> None:
    assert "the books do not say so" in broken("I4", "", with_picture(refunds=(a_refund(state="settled"),)))


def test_more_back_from_escrow_than_the_order_captured_is_found() -> None:
    back = journal(
        "j9",
        "P8_refund_of_order",
        "refund/r1",
        9,
        ("buyer.escrow:o1", "debit", GROSS + 1),
        ("refund.payable:r1", "credit", GROSS + 1),
    )
    assert broken("I4", "", with_journals(*JOURNALS, back)) == f"order o1 captured {GROSS} and gives {GROSS + 1} back"


def test_a_credit_that_we_never_booked_is_found() -> None:
    assert "credit cr1" in broken("I6", "", with_picture(bank_lines=()))


def test_a_payout_of_another_amount_at_the_provider_is_found() -> None:
    def more(line: ProviderLine) -> ProviderLine:
        return replace(line, minor=line.minor + 1) if line.kind == "payout.settled" else line

    assert f"the provider says {EARNED + 1}, we say {EARNED}" in broken("I6", "payment provider", with_provider(more))


def test_a_payout_that_the_provider_made_twice_is_found() -> None:
    twice = facts_of(provider=(*PROVIDER, *(line for line in PROVIDER if line.kind.startswith("payout"))))
    assert broken("I6", "", twice) == "payout.created y1 moved money 2 times"


def test_money_at_the_provider_that_our_books_do_not_have_is_found() -> None:
    # A move under a kind and name that none of the other checks looks at.
    strange = replace(PROVIDER[0], id="9", kind="correction", object_id="x")
    assert broken("I6", "", facts_of(provider=(*PROVIDER, strange))).endswith(
        "EUR lies at the provider, and our books say 2400"
    )


def test_a_transfer_that_the_provider_made_twice_is_found() -> None:
    # Between two wallets: the sum at the provider stays right, so only the count tells.
    twice = facts_of(provider=(*PROVIDER, replace(PROVIDER[1], id="9")))
    assert broken("I6", "", twice) == "transfer settlement/p1 moved money 2 times"


def test_a_commission_that_never_reached_the_platform_is_found() -> None:
    unswept = with_provider(lambda line: None if line.reference == "commission/p1" else line)
    assert broken("I6", "", unswept).startswith("transfer commission/p1: the provider says nothing")


def test_a_transfer_that_nobody_ordered_is_found() -> None:
    strange = replace(PROVIDER[1], id="9", reference="settlement/p9", minor=1)
    assert broken("I6", "", facts_of(provider=(*PROVIDER, strange))).endswith("the provider says 1, we say nothing")


def test_a_bank_line_with_a_cent_left_over_is_found() -> None:
    line = BankLine("b1", "cr1", GROSS, "EUR", (Allocation("order", "o1", GROSS - 1),))
    assert broken("I7", "", with_picture(bank_lines=(line,))).endswith(f"and {GROSS - 1} is allocated")


def test_a_credit_that_became_two_bank_lines_is_found() -> None:
    again = replace(PICTURE.bank_lines[0], id="b2")
    assert broken("I7", "", with_picture(bank_lines=(*PICTURE.bank_lines, again))) == "credit cr1 became two bank lines"


def test_a_bank_line_for_an_unknown_order_is_found() -> None:
    line = BankLine("b1", "cr1", GROSS, "EUR", (Allocation("order", "o9", GROSS),))
    assert "order o9, which is not known" in broken("I7", "", with_picture(bank_lines=(line,)))


CAPTURED = journal(
    "j9", "P2_captured", "card_capture/c1", 9, ("psp.card", "debit", 400), ("buyer.escrow:o9", "credit", 400)
)
ARRIVED = journal(
    "j10", "P2_card_settled", "card_capture/c1", 10, ("psp.cash", "debit", 400), ("psp.card", "credit", 400)
)


def test_a_card_that_gets_back_more_than_was_captured_is_found() -> None:
    more = a_refund(source_kind="card_capture", source_id="c1", minor=500)
    facts = with_picture(refunds=(more,), book=Book("topics", (*JOURNALS, CAPTURED)))
    assert broken("I4", "more money back", facts).startswith("card capture c1 brought 400, and 500 goes back")


def test_a_capture_that_arrived_with_us_only_is_found() -> None:
    facts = with_journals(*JOURNALS, CAPTURED, ARRIVED)
    assert "card capture c1: the provider says nothing, we say 400" in broken("I6", "journal is ours", facts)
