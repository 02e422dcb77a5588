"""The two documents that correct an invoice: one cancels it, the other says it again, and no money goes back and forth."""

from dataclasses import replace

import pytest
from lxml import etree

from documents.invoice import PrecedingInvoice, render

from .paper_builders import DAY, an_invoice
from .read_paper import paper_text

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Invoice RPRO-2026-000043 takes the amount over; nothing is refunded."),
        ("fr", "Le montant est repris par la facture RPRO-2026-000043 ; aucun remboursement n'est effectué."),
    ],
)
def test_what_cancels_an_invoice_promises_no_money(language: str, said: str) -> None:
    original = an_invoice(language=language)
    note = replace(
        original,
        kind=381,
        number="RPRO-2026-A00001",
        preceding=PrecedingInvoice(original.number, DAY),
        settled_by="RPRO-2026-000043",
    )
    text = paper_text(render(note).pdf).replace("’", "'")
    assert said in text
    assert "refunded by" not in text.lower()
    assert "Refunded −" not in text
    assert "Remboursé −" not in text
    assert "remboursement effectué" not in text.lower()


def test_an_invoice_that_replaces_another_one_names_it_on_paper_and_in_the_data() -> None:
    corrected = replace(an_invoice(), preceding=PrecedingInvoice("RPRO-2026-000042", DAY), number="RPRO-2026-000043")
    files = render(corrected)
    assert "RPRO-2026-000042" in paper_text(files.pdf)
    named = etree.fromstring(files.xml).iter(f"{RAM}InvoiceReferencedDocument")
    assert [one.findtext(f"{RAM}IssuerAssignedID") for one in named] == ["RPRO-2026-000042"]
