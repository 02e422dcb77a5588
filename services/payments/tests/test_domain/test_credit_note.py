"""Credit notes repeat their invoice's own paper for the devices that came back, and never come to more than it."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from chassis.kernel.ids import new_id
from documents.invoice_checks import check
from documents.invoice_data import DocumentAmount, PrecedingInvoice
from documents.invoice_data import Invoice as Paper
from payments.domain.credit_note import Credited, NothingToCredit, credited_by, draw_up_credit_note
from payments.domain.facts import OrderedParts, OrderedRegime
from payments.domain.invoice import SeriesNumber
from payments.domain.invoice_paper import draw_up, regime_parts
from payments.domain.reversal import Funding, plan_funding
from payments.domain.settlement import SettlementState
from services.payments.tests.builders import (
    a_line,
    a_reversal,
    a_settlement,
    an_invoice_case,
    e1_of_seller_a,
    e1_of_seller_b,
)

DAY, UNTIL = date(2026, 12, 30), date(2027, 1, 14)
UNITS = ("SN-1-000", "SN-1-001", "SN-2-000")


def the_paper(ordered: OrderedParts | None = None) -> Paper:
    case = an_invoice_case(ordered or e1_of_seller_a(new_id(), new_id(), new_id()))
    return draw_up(case, regime_parts(case.ordered)[0], "RPRO-2026-000001")


def credit(paper: Paper, *units: str, before: Credited | None = None, displayed: int | None = None) -> Paper:
    return draw_up_credit_note(paper, units, before or Credited(), "RPRO-2026-A00001", DAY, UNTIL, displayed)


def total(paper: Paper) -> int:
    return paper.gross_minor + paper.rounding_minor


def test_one_phone_of_an_invoice() -> None:
    paper = the_paper()
    note = credit(paper, "SN-1-001")
    check(note)
    assert (note.kind, note.issue_date, note.due_minor) == (381, DAY, 0)
    # 389.00 + 20 %; shipping stays, for the rest of the order was delivered and kept.
    assert (note.net_minor, note.vat_minor, total(note)) == (38900, 7780, 46680)
    assert [(line.quantity, [one.value for one in line.serials]) for line in note.lines] == [(1, ["SN-1-001"])]
    assert note.shipping == ()
    assert note.preceding == PrecedingInvoice("RPRO-2026-000001", paper.issue_date)
    assert (note.seller, note.buyer, note.account) == (paper.seller, paper.buyer, paper.account)
    assert (note.payment.paid_on, note.payment.due_on) == (DAY, UNTIL)


@pytest.mark.parametrize("order", list(permutations(UNITS)))
def test_in_whatever_order_devices_come_back_the_sum_is_the_invoice(order: tuple[str, ...]) -> None:
    paper = the_paper()
    notes: list[Paper] = []
    for unit in order:
        note = credit(paper, unit, before=credited_by(notes))
        check(note)
        notes.append(note)
    assert sum(total(note) for note in notes) == total(paper) == 156048
    # Shipping goes back with the last one: with it the whole seller order came back.
    assert [bool(note.shipping) for note in notes] == [False, False, True]


def test_goods_of_the_margin_scheme_show_no_vat_on_their_credit_note_either() -> None:
    note = credit(the_paper(e1_of_seller_b(new_id(), new_id(), new_id())), "SN-1-002")
    check(note)
    assert (note.vat_minor, total(note)) == (0, 21500)
    assert (note.breakdown[0].vatex, bool(note.breakdown[0].reason)) == ("VATEX-EU-F", True)


def test_where_prices_include_vat_a_piece_goes_back_at_its_displayed_price() -> None:
    # 3 x 100.00 with 21 %: 300.00 are 247.93 + 52.07, so a third of the net is no whole cent.
    line = a_line(quantity=3, unit_price_minor=10000, net_minor=24793, vat_rate_percent="21")
    ids = (new_id(), new_id(), new_id())
    ordered = replace(e1_of_seller_a(*ids), lines=(line,), regimes=(OrderedRegime("normal", "gross", 0, 30000),))
    paper = the_paper(ordered)
    notes: list[Paper] = []
    for n in range(3):
        note = credit(paper, f"SN-1-00{n}", before=credited_by(notes), displayed=10000)
        check(note)
        notes.append(note)
    assert [total(note) for note in notes] == [10000, 10000, 10000]
    assert sum(note.lines_minor for note in notes) == paper.lines_minor == 24793


def test_a_discount_is_shared_like_the_goods_it_was_given_on() -> None:
    paper = the_paper()
    # 10.00 off 1,290.50 of goods: 3.01 of it was on one phone of 389.00.
    reduced = replace(
        paper,
        discount=(DocumentAmount(1000, "S", "20"),),
        breakdown=(replace(paper.breakdown[0], base_minor=129040, vat_minor=25808),),
        net_minor=129040,
        vat_minor=25808,
        gross_minor=154848,
        paid_minor=154848,
    )
    notes: list[Paper] = []
    for unit in UNITS:
        note = credit(reduced, unit, before=credited_by(notes))
        check(note)
        notes.append(note)
    assert notes[0].discount == (DocumentAmount(301, "S", "20"),)
    assert sum(note.discount_minor for note in notes) == 1000
    assert sum(total(note) for note in notes) == 154848


def test_what_is_not_on_the_invoice_or_was_credited_before_is_refused() -> None:
    paper = the_paper()
    with pytest.raises(NothingToCredit):
        credit(paper, "SN-9-000")
    with pytest.raises(NothingToCredit):
        credit(paper, "SN-1-000", before=credited_by([credit(paper, "SN-1-000")]))


def test_credit_notes_have_a_series_of_their_own() -> None:
    assert SeriesNumber("RPRO-2026-A", 3).text == "RPRO-2026-A00003"
    assert SeriesNumber("RPRO-2026", 42).text == "RPRO-2026-000042"


# E3 in euros: 1,498.75 go back, 95.92 of them the platform's commission, 1,402.83 the seller's own.
OWED, COMMISSION = 140283, 9592


@pytest.mark.parametrize(
    ("state", "swept", "free", "platform", "may_advance", "expected"),
    [
        (SettlementState.PENDING, None, 0, 0, False, Funding(from_pending=OWED)),
        (SettlementState.RELEASED, None, OWED, 0, False, Funding(from_available=OWED)),
        (SettlementState.RELEASED, None, OWED - 1, 10**9, False, None),
        (SettlementState.PAID_OUT, 19184, OWED, COMMISSION, False, Funding(0, OWED, COMMISSION, 0)),
        # Swept commission comes back out of the platform's own money, so that must be there too.
        (SettlementState.PAID_OUT, 19184, OWED, COMMISSION - 1, False, None),
        (SettlementState.PAID_OUT, 19184, 283, COMMISSION + 140000, True, Funding(0, OWED, COMMISSION, 140000)),
        (SettlementState.PAID_OUT, 19184, 283, COMMISSION + 139999, True, None),
        (SettlementState.PAID_OUT, None, 0, -5, True, None),
    ],
)
def test_whose_money_pays(
    state: SettlementState, swept: int | None, free: int, platform: int, may_advance: bool, expected: Funding | None
) -> None:
    settlement = replace(a_settlement(state), swept_minor=swept)
    assert plan_funding(a_reversal(), settlement, free, platform, may_advance=may_advance) == expected
