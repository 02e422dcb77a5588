"""The purchase order: what is owed, until when, to which account."""

from dataclasses import replace

import pypdfium2
import pytest

from documents.errors import TotalsDoNotAdd
from documents.parties import Account, DeliverTo
from documents.purchase_order import OrderedLine, PurchaseOrder, SellerPart, render
from documents.transfer_code import transfer_code

from .paper_builders import ACCOUNT, GRONNEGAARD, IBAN_ON_PAPER, an_order
from .read_paper import paper_text


def a_danish_order() -> PurchaseOrder:
    line = OrderedLine("Skærm Dell U2720Q 27″ – grå", "Meget god", 2, 119900, 239800, "Moms 25 %")
    return an_order(
        language="da",
        currency="DKK",
        time_zone="Europe/Copenhagen",
        buyer=GRONNEGAARD,
        deliver_to=DeliverTo(GRONNEGAARD.name, GRONNEGAARD.address),
        sellers=(SellerPart("Ærø Elektronik ApS", "DK", (line,), 0, 59950, 299750),),
        net_minor=239800,
        vat_minor=59950,
        gross_minor=299750,
        account=Account(
            "DK5000400440116243", "Grønnegård Ærlig Genbrug A/S", "Paylane Escrow", None, (("Reg.nr.", "0040"),)
        ),
    )


def test_the_buyer_reads_what_to_pay_until_when_and_where() -> None:
    text = paper_text(render(an_order()))
    assert "Montant à payer 2 211,48 €" in text
    assert "Vendredi 27 novembre 2026 à 23:59 (heure locale, Paris)" in text
    assert IBAN_ON_PAPER in text
    assert "AGRIFRPPXXX" in text
    assert "la commande s'annule d'elle-même" in text
    assert "compte de cantonnement chez Paylane Escrow" in text


def test_each_seller_has_its_own_part_and_margin_goods_show_no_vat() -> None:
    text = paper_text(render(an_order()))
    assert "Vendu par Reparo SAS" in text
    assert "TVA 260,08 €" in text
    margin_part = text[text.index("Vendu par Seconde Main Pro") : text.index("Total HT")]
    assert "Régime particulier – Biens d'occasion" in margin_part
    assert "TVA" not in margin_part
    assert "Montant HT" not in margin_part


def test_the_card_link_stands_there_only_when_there_is_one() -> None:
    link = "https://pay.example/o/1"
    assert link in paper_text(render(an_order(card_link=link)))
    assert "Payer par carte" not in paper_text(render(an_order()))


def test_other_currencies_get_local_details_and_no_code_for_a_sepa_transfer() -> None:
    text = paper_text(render(a_danish_order()))
    assert "2.997,50 DKK" in text
    assert "Reg.nr. 0040" in text
    assert "Scan med bankens app" not in text
    assert "Grønnegård Ærlig Genbrug A/S" in text
    assert "Skærm Dell U2720Q 27″ – grå" in text


def test_the_transfer_code_is_for_euro_within_the_limits_of_the_scheme() -> None:
    assert transfer_code(ACCOUNT, 221148, "EUR", "CMD-1") is not None
    assert transfer_code(ACCOUNT, 221148, "DKK", "CMD-1") is None
    assert transfer_code(ACCOUNT, 0, "EUR", "CMD-1") is None
    assert transfer_code(ACCOUNT, 100_000_000_000, "EUR", "CMD-1") is None


def test_the_same_order_gives_the_same_bytes() -> None:
    assert render(an_order()) == render(an_order())


def test_sixty_lines_run_over_several_numbered_pages() -> None:
    line = OrderedLine(
        "HP EliteBook 840 G8 Notebook PC Core i7 – 32 Go, 1 To, écran tactile, clavier AZERTY", "Bon", 1, 100, 100
    )
    part = SellerPart("Reparo SAS", "FR", (line,) * 60, 0, 1200, 7200)
    pdf = render(an_order(sellers=(part,), net_minor=6000, vat_minor=1200, gross_minor=7200))
    pages = len(pypdfium2.PdfDocument(pdf))
    assert pages > 1
    assert f"Page {pages} sur {pages}" in paper_text(pdf)


@pytest.mark.parametrize("language", ["fr", "nl", "da", "en", "de"])
def test_every_language_has_every_word(language: str) -> None:
    text = paper_text(render(an_order(language=language)))
    assert "2026" in text
    assert "{" not in text


@pytest.mark.parametrize("field", ["net_minor", "vat_minor", "gross_minor"])
def test_an_order_whose_parts_do_not_add_up_is_refused(field: str) -> None:
    order = an_order()
    with pytest.raises(TotalsDoNotAdd):
        render(replace(order, **{field: getattr(order, field) + 1}))
