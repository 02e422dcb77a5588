"""Invoices, credit notes and commission invoices: refused when wrong, readable, and the same in XML and on paper."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO

import facturx
import pikepdf
import pypdfium2
import pytest
from lxml import etree

from documents.errors import (
    DocumentRefused,
    DueDateMissing,
    ExemptionReasonMissing,
    IntraCommunityFactsMissing,
    PaymentAccountMissing,
    PrecedingInvoiceMissing,
    StatutoryNoteMissing,
    TotalsDoNotAdd,
    UnknownCurrency,
    UnknownLanguage,
)
from documents.invoice import (
    AccountingVat,
    Invoice,
    InvoiceLine,
    Payment,
    PrecedingInvoice,
    Serial,
    VatRow,
    render,
)
from documents.invoice_data import LinePart
from documents.parties import Address, Party
from tax import texts

from .paper_builders import DAY, GRONNEGAARD, HELLER, IBAN, IBAN_ON_PAPER, REPARO, a_line, an_invoice
from .read_paper import paper_text

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


def term(xml: bytes, name: str) -> list[str]:
    return [node.text or "" for node in etree.fromstring(xml).iter(f"{RAM}{name}")]


def a_margin_invoice() -> Invoice:
    note = texts("margin", DAY)["fr"]
    return an_invoice(
        [a_line(category_code="E", rate_percent="0", quantity=3, net_minor=64500)], 600, note, "VATEX-EU-F"
    )


def an_intra_community_invoice() -> Invoice:
    note = texts("intra_eu", DAY, "FR")["fr"]
    return an_invoice([a_line(category_code="K", rate_percent="0")], 990, note, "VATEX-EU-IC", buyer=HELLER)


def a_danish_reverse_charge() -> Invoice:
    note = texts("reverse_charge", DAY)["da"]
    lines = [a_line(category_code="AE", rate_percent="0")]
    return an_invoice(lines, 990, note, "VATEX-EU-AE", seller=GRONNEGAARD, language="da", currency="DKK")


def a_credit_note() -> Invoice:
    return an_invoice(
        [a_line(quantity=1, net_minor=38900, serials=(Serial("IMEI", "490154203237518"),))],
        0,
        kind=381,
        number="RPRO-2026-A00001",
        preceding=PrecedingInvoice("RPRO-2026-000042", date(2026, 11, 23)),
    )


def a_commission_invoice() -> Invoice:
    """Worked example E1, seller A: 129.05 + 25.81 = 154.86."""
    return an_invoice(
        [InvoiceLine("Commission sur les ventes", 1, 12905, "S", "20")],
        0,
        number="REGR-2026-000007",
        seller=replace(REPARO, name="Regrade SAS"),
        buyer=REPARO,
        supplies="services",
        platform=None,
        account=None,
        payment=Payment("netting", "2026-11", paid_on=DAY),
        deliver_to=None,
        delivery_date=None,
        delivery_note=None,
        period=(date(2026, 11, 1), date(2026, 11, 30)),
    )


KINDS: list[Callable[[], Invoice]] = [
    an_invoice,
    a_margin_invoice,
    an_intra_community_invoice,
    a_danish_reverse_charge,
    a_credit_note,
    a_commission_invoice,
]


@pytest.mark.parametrize("made", KINDS)
def test_the_xml_in_the_pdf_is_the_stored_xml_and_fits_the_schema(made: Callable[[], Invoice]) -> None:
    files = render(made())
    name, xml = facturx.get_facturx_xml_from_pdf(files.pdf, check_xsd=True, check_schematron=False)
    assert (name, xml) == ("factur-x.xml", files.xml)
    assert files.sha256 == sha256(files.pdf).hexdigest()


def test_worked_example_e1_on_paper_and_in_xml() -> None:
    files = render(an_invoice())
    assert term(files.xml, "TaxBasisTotalAmount") == ["1300.40"]
    assert term(files.xml, "GrandTotalAmount") == ["1560.48"]
    assert term(files.xml, "TotalPrepaidAmount") == ["1560.48"]
    assert term(files.xml, "DuePayableAmount") == ["0.00"]
    text = paper_text(files.pdf)
    assert "Total TTC 1 560,48 €" in text
    assert "Reste à payer 0,00 €" in text


def test_options_and_levies_in_a_price_stand_under_the_line_and_in_the_data() -> None:
    parts = (
        LinePart("option", 2_500, "Windows 11 Pro"),
        LinePart("eco_contribution", 30),
        LinePart("private_copying", 840),
    )
    invoice = an_invoice()
    files = render(replace(invoice, lines=(replace(invoice.lines[0], parts=parts), *invoice.lines[1:])))
    text = paper_text(files.pdf)
    for words in (
        "avec Windows 11 Pro (compris, 25,00 € pièce)",
        "dont éco-participation 0,30 € pièce",
        "dont rémunération pour copie privée 8,40 € pièce",
    ):
        assert words in text.replace("\n", " "), words
    attributes = etree.fromstring(files.xml).iter(f"{RAM}ApplicableProductCharacteristic")
    named = {one[0].text: (one[1].text or "").replace("\u00a0", " ") for one in attributes}
    assert (named["Option"], named["éco-participation"]) == ("Windows 11 Pro", "0,30 €")
    facturx.get_facturx_xml_from_pdf(files.pdf, check_xsd=True, check_schematron=False)


@pytest.mark.parametrize("means", ["card", "transfer"])
def test_the_virtual_iban_always_stands_on_the_paper_face(means: str) -> None:
    files = render(an_invoice(payment=Payment(means, "CMD-2026-000123", paid_on=DAY)))  # type: ignore[arg-type]
    assert IBAN_ON_PAPER in paper_text(files.pdf)
    # In the XML an account beside a card payment would invite a second payment.
    assert term(files.xml, "IBANID") == ([IBAN] if means == "transfer" else [])


def test_a_french_sale_says_what_french_law_wants() -> None:
    text = paper_text(render(an_invoice()).pdf)
    for words in (
        "Facture établie par Regrade au nom et pour le compte de Reparo SAS",
        "SAS au capital de 50 000 €", "RCS Lyon 732 829 320", "FR44732829320", "majoré de 10 points", "40 €",
        "Pas d'escompte", "+33 4 72 00 00 00", "Paylane Escrow",
    ):  # fmt: skip
        assert words in text


def test_every_unit_is_named_by_its_serial_number() -> None:
    files = render(an_invoice())
    assert {"490154203237518", "356938035643809", "Excellent"} <= set(term(files.xml, "Value"))
    assert "IMEI 490154203237518" in paper_text(files.pdf)


def test_a_margin_invoice_shows_no_vat_at_all() -> None:
    files = render(a_margin_invoice())
    text = paper_text(files.pdf)
    assert "Régime particulier – Biens d'occasion" in text
    assert "Total TVA" not in text
    assert "HT" not in text
    assert "651,00 €" in text
    assert term(files.xml, "ExemptionReasonCode") == ["VATEX-EU-F"]


def test_an_intra_community_invoice_carries_both_numbers_and_the_delivery() -> None:
    files = render(an_intra_community_invoice())
    numbers = [node.text for node in etree.fromstring(files.xml).iter(f"{RAM}ID") if node.get("schemeID") == "VA"]
    assert numbers == ["FR44732829320", "DE136695976"]
    assert "art. 138" in paper_text(files.pdf)


def test_a_credit_note_names_the_invoice_it_corrects() -> None:
    files = render(a_credit_note())
    text = paper_text(files.pdf)
    assert term(files.xml, "TypeCode")[0] == "381"
    assert "Avoir établi par Regrade" in text
    assert "Remboursé le 21 novembre 2026" in text
    assert "RPRO-2026-000042 du 23 novembre 2026" in text


def test_a_credit_note_that_is_made_before_its_refund_promises_a_day() -> None:
    note = a_credit_note()
    promised = replace(note, payment=replace(note.payment, due_on=date(2026, 12, 4)))
    text = paper_text(render(promised).pdf)
    assert "Remboursement au plus tard le 4 décembre 2026" in text
    assert "À rembourser" in text
    assert "Remboursé le" not in text


def test_a_commission_invoice_is_set_off_and_needs_no_account() -> None:
    files = render(a_commission_invoice())
    assert "97" in term(files.xml, "TypeCode")
    assert term(files.xml, "GrandTotalAmount") == ["154.86"]
    process = etree.fromstring(files.xml).find(f".//{RAM}BusinessProcessSpecifiedDocumentContextParameter/{RAM}ID")
    assert process is not None
    assert process.text == "S2"
    assert "établie par" not in paper_text(files.pdf)


def test_out_of_scope_shows_no_vat_number_anywhere() -> None:
    buyer = Party("Belfast Traders Ltd", Address("1 Royal Ave", "BT1 1DA", "Belfast", "XI"), vat_number="XI221802155")
    invoice = replace(
        a_commission_invoice(),
        language="en",
        buyer=buyer,
        lines=(InvoiceLine("Commission", 1, 12905, "O", None),),
        breakdown=(VatRow("O", None, 12905, 0, "VATEX-EU-O", texts("out_of_scope", DAY)["en"]),),
        vat_minor=0,
        gross_minor=12905,
        paid_minor=12905,
    )
    files = render(invoice)
    assert "FR44732829320" not in paper_text(files.pdf)
    assert b"XI221802155" not in files.xml


def test_vat_in_the_sellers_own_currency_stands_beside_a_foreign_one() -> None:
    files = render(an_invoice([a_line()], 0, currency="GBP", accounting_vat=AccountingVat("EUR", 17900)))
    assert term(files.xml, "TaxCurrencyCode") == ["EUR"]
    assert "TVA en EUR 179,00 €" in paper_text(files.pdf)


def test_a_price_that_does_not_divide_is_stated_for_all_pieces() -> None:
    files = render(an_invoice([a_line(quantity=3, net_minor=100)], 0))
    assert term(files.xml, "ChargeAmount") == ["1.00"]
    assert term(files.xml, "BasisQuantity") == ["3"]


def test_sixty_lines_with_long_names_break_over_pages_that_are_numbered() -> None:
    long_name = "Dell Precision 7560 Mobile Workstation Core i9-11950H 64 Go RAM 2 To SSD RTX A4000 – clavier AZERTY rétroéclairé"
    lines = [a_line(title=f"{long_name} n° {n}", quantity=1, net_minor=129900) for n in range(1, 61)]
    files = render(an_invoice(lines))
    document = pypdfium2.PdfDocument(files.pdf)
    text = paper_text(files.pdf)
    assert len(document) > 2
    assert f"Page {len(document)} sur {len(document)}" in text
    # The head of the table stands on each page that carries lines.
    assert text.count("Prix unitaire") >= len(document) - 1
    assert "n° 60" in text


def test_one_line_of_two_hundred_units_names_each_of_them() -> None:
    serials = tuple(Serial("S/N", f"SN{n:08d}") for n in range(200))
    text = paper_text(render(an_invoice([a_line(quantity=200, net_minor=200, serials=serials)])).pdf)
    assert "S/N SN00000000" in text
    assert "S/N SN00000199" in text


def test_danish_letters_and_amounts() -> None:
    text = paper_text(render(a_danish_reverse_charge()).pdf)
    assert "Grønnegård Ærlig Genbrug A/S" in text
    assert "Omvendt betalingspligt" in text
    assert "I alt inkl. moms 787,90 DKK" in text


def test_markup_in_a_name_is_printed_as_it_is() -> None:
    title = "#panic[x] *bold* $x$ <b>&amp;</b> @label \\"
    assert title in paper_text(render(an_invoice([a_line(title=title)])).pdf)


def test_the_same_invoice_gives_the_same_bytes_whenever_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    first = render(an_invoice())
    monkeypatch.setattr("facturx.facturx._get_pdf_timestamp", lambda date=None: "D:20310101120000+00'00'")
    monkeypatch.setattr("facturx.facturx._get_metadata_timestamp", lambda: "2031-01-01T12:00:00+00:00")
    assert render(an_invoice()).pdf == first.pdf


def test_the_file_says_it_is_pdf_a_3b_and_factur_x_en_16931() -> None:
    with pikepdf.open(BytesIO(render(an_invoice()).pdf)) as pdf, pdf.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "B")
        assert metadata["{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}ConformanceLevel"] == "EN 16931"
        assert str(metadata["xmp:CreateDate"]).startswith("2026-11-23T00:00:00")


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (an_invoice(vat_minor=26009, gross_minor=156049, paid_minor=156049), TotalsDoNotAdd),
        (an_invoice(net_minor=130041), TotalsDoNotAdd),
        (an_invoice(gross_minor=156049), TotalsDoNotAdd),
        (an_invoice(paid_minor=156049), TotalsDoNotAdd),
        (
            an_invoice(breakdown=(VatRow("S", "20", 130040, 26009),), vat_minor=26009, gross_minor=156049),
            TotalsDoNotAdd,
        ),
        (
            an_invoice(breakdown=(VatRow("S", "21", 130040, 27308),), vat_minor=27308, gross_minor=157348),
            TotalsDoNotAdd,
        ),
        (replace(a_credit_note(), preceding=None), PrecedingInvoiceMissing),
        (an_invoice(account=None), PaymentAccountMissing),
        (an_invoice(paid_minor=0, payment=Payment("transfer", "CMD-1")), DueDateMissing),
        (an_invoice([a_line(category_code="E", rate_percent="0")]), ExemptionReasonMissing),
        (replace(an_intra_community_invoice(), delivery_date=None), IntraCommunityFactsMissing),
        (replace(an_intra_community_invoice(), buyer=replace(HELLER, vat_number=None)), IntraCommunityFactsMissing),
        (an_invoice(notes=()), StatutoryNoteMissing),
        (an_invoice(language="eo"), UnknownLanguage),
        (an_invoice(currency="XAU"), UnknownCurrency),
    ],
)
def test_a_wrong_invoice_is_refused_by_name(wrong: Invoice, refusal: type[DocumentRefused]) -> None:
    with pytest.raises(refusal):
        render(wrong)
