"""What stands on an invoice: sums of the worked example, numbers, notes; and what keeps one from being issued."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chassis.kernel.ids import new_id
from documents.invoice import render
from documents.invoice_data import LinePart
from payments.domain.facts import LineExtra, ShippedVat
from payments.domain.invoice import SeriesNumber, series_of
from payments.domain.invoice_paper import UnitsDoNotMatch, draw_up, issue_day, regime_parts
from services.payments.tests.builders import a_dispatch, a_party, an_invoice_case, e1_of_seller_a, e1_of_seller_b


def test_seller_a_of_e1_invoices_1560_48_with_vat() -> None:
    case = an_invoice_case()
    (part,) = regime_parts(case.ordered)
    paper = draw_up(case, part, "RPRO-2026-000001")
    assert (paper.net_minor, paper.vat_minor, paper.gross_minor, paper.due_minor) == (130040, 26008, 156048, 0)
    assert part.difference_minor == 0
    assert paper.account is not None
    assert paper.account.iban == "FR7630006000011234567890189"
    assert {note.code for note in paper.notes} >= {"PMD", "PMT", "AAB"}
    assert [len(line.serials) for line in paper.lines] == [2, 1]
    assert (paper.order_number, paper.payment.reference, paper.buyer_reference) == ("100042", "100042", "PO-7781")


def test_seller_b_of_e1_invoices_651_00_under_the_margin_scheme_without_vat() -> None:
    ordered = e1_of_seller_b(new_id(), new_id(), new_id())
    case = an_invoice_case(ordered, seller=a_party(ordered.seller_id, name="Seconde Main Pro SARL", prefix="SMP"))
    (part,) = regime_parts(ordered)
    paper = draw_up(case, part, "SMP-2026-000001")
    assert (paper.vat_minor, paper.gross_minor) == (0, 65100)
    (row,) = paper.breakdown
    assert (row.category_code, row.vatex, row.reason) == ("E", "VATEX-EU-F", "Régime particulier – Biens d'occasion")


def test_the_paper_passes_the_checks_of_the_documents_library() -> None:
    case = an_invoice_case()
    files = render(draw_up(case, regime_parts(case.ordered)[0], "RPRO-2026-000001"))
    assert files.pdf.startswith(b"%PDF")
    assert b"RPRO-2026-000001" in files.xml


def test_what_is_part_of_a_price_stands_on_the_invoice_without_its_vat() -> None:
    extras = (LineExtra("option", 3_000, "Windows 11 Pro"), LineExtra("eco_contribution", 36))
    case = an_invoice_case()
    line = replace(case.ordered.lines[0], extras=extras)
    case = replace(case, ordered=replace(case.ordered, lines=(line, *case.ordered.lines[1:])))
    printed = draw_up(case, regime_parts(case.ordered)[0], "RPRO-2026-000001").lines[0].parts
    assert printed == (LinePart("option", 3_000, "Windows 11 Pro"), LinePart("eco_contribution", 36))
    gross = replace(case.ordered, regimes=(replace(case.ordered.regimes[0], price_basis="gross"),))
    part = regime_parts(gross)[0]
    taken_out = draw_up(replace(case, ordered=gross), part, "RPRO-2026-000002").lines[0].parts
    # 20 % are in a gross price: 30.00 / 1.20 and 0.36 / 1.20.
    assert [one.unit_minor for one in taken_out] == [2_500, 30]


def test_a_total_that_is_not_what_the_buyer_paid_is_a_difference() -> None:
    ordered = e1_of_seller_a(new_id(), new_id(), new_id())
    short = replace(ordered, regimes=(replace(ordered.regimes[0], gross_minor=156047),))
    assert [part.difference_minor for part in regime_parts(short)] == [1]


def test_a_parcel_that_was_sent_elsewhere_is_invoiced_as_it_is_taxed_there() -> None:
    # Ordered to another member state, sent out of the union: exempt either way, for another reason.
    ordered = e1_of_seller_b(new_id(), new_id(), new_id())
    dispatch = a_dispatch(ordered, delivery_country="US", vat=(ShippedVat(1, "G", "0", "VATEX-EU-G"),))
    case = an_invoice_case(ordered.taxed_as(dispatch), dispatch=dispatch)
    (part,) = regime_parts(case.ordered)
    assert part.difference_minor == 0
    (row,) = draw_up(case, part, "SMP-2026-000001").breakdown
    assert (row.category_code, row.vatex, row.base_minor) == ("G", "VATEX-EU-G", 65100)


def test_a_missing_unit_keeps_the_invoice_from_being_drawn_up() -> None:
    case = an_invoice_case()
    dispatch = a_dispatch(case.ordered)
    case = replace(case, dispatch=replace(dispatch, units=dispatch.units[:1]))
    with pytest.raises(UnitsDoNotMatch):
        draw_up(case, regime_parts(case.ordered)[0], "RPRO-2026-000001")


def test_the_issue_date_is_the_sellers_day_of_shipment() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight in Paris
    case = an_invoice_case()
    case = replace(case, dispatch=a_dispatch(case.ordered, late))
    assert issue_day(case) == date(2027, 1, 1)


def test_numbers_follow_seller_kind_and_year() -> None:
    assert SeriesNumber(series_of("RCDT", 380, date(2026, 5, 1)), 42).text == "RCDT-2026-000042"
    assert series_of("RCDT", 381, date(2026, 5, 1)) == "RCDT-2026-A"
    assert series_of("RCDT", 380, date(2027, 1, 1)) == "RCDT-2027"
