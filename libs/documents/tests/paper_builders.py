"""Documents with sensible defaults, so that a test shows only the values it is about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from documents.invoice import DocumentAmount, Invoice, InvoiceLine, Note, Payment, Serial, VatRow
from documents.parties import Account, Address, DeliverTo, Identifier, Party
from documents.purchase_order import Market, OrderedLine, PurchaseOrder, SellerPart
from tax import PricedLine, invoice_totals, statutory_notes

DAY = date(2026, 11, 23)
IBAN = "FR7630006000011234567890189"
IBAN_ON_PAPER = "FR76 3000 6000 0112 3456 7890 189"

REPARO = Party(
    name="Reparo SAS",
    address=Address("12 rue des Ateliers", "69007", "Lyon", "FR"),
    vat_number="FR44732829320",
    registration=Identifier("732829320", "0002"),
    establishment=Identifier("73282932000074", "0009"),
    endpoint=Identifier("732829320", "0225"),
    legal_form="SAS au capital de 50 000 €",
    register_entry="RCS Lyon 732 829 320",
    phone="+33 4 72 00 00 00",
    email="support@reparo.example",
)
ATELIER = Party(
    name="Atelier Vidal SARL",
    address=Address("4 quai de la Fosse", "44000", "Nantes", "FR", "Bâtiment B"),
    vat_number="FR83404833048",
    registration=Identifier("404833048", "0002"),
    endpoint=Identifier("404833048", "0225"),
)
HELLER = Party(
    name="Heller Bürobedarf GmbH",
    address=Address("Lindenstraße 9", "10115", "Berlin", "DE"),
    vat_number="DE136695976",
    registration=Identifier("HRB 12345"),
    endpoint=Identifier("DE136695976", "9930"),
)
GRONNEGAARD = Party(
    name="Grønnegård Ærlig Genbrug A/S",
    address=Address("Ågade 7", "8000", "Aarhus C", "DK"),
    vat_number="DK13585628",
    registration=Identifier("13585628", "0184"),
    endpoint=Identifier("13585628", "0184"),
    phone="+45 70 00 00 00",
)
ACCOUNT = Account(iban=IBAN, bic="AGRIFRPPXXX", holder="Atelier Vidal SARL", provider="Paylane Escrow")


def a_line(**changes: Any) -> InvoiceLine:
    line = InvoiceLine(
        title="Apple iPhone 13 128 Go Noir",
        quantity=2,
        net_minor=77800,
        category_code="S",
        rate_percent="20",
        sku="IP13-128-BK",
        grade="Excellent",
        warranty="12 mois",
        serials=(Serial("IMEI", "490154203237518"), Serial("IMEI", "356938035643809")),
    )
    return replace(line, **changes)


def an_invoice(
    lines: Sequence[InvoiceLine] = (
        a_line(),
        a_line(title="Lenovo ThinkPad T14 Gen 3", quantity=1, net_minor=51250, serials=()),
    ),
    shipping_minor: int = 990,
    reason: str | None = None,
    vatex: str | None = None,
    **changes: Any,
) -> Invoice:
    """A prepaid sale of a French seller to a French buyer: worked example E1. Its sums come from `tax.invoice_totals`."""
    # A line is priced as one piece of its net amount: what the document prints is the net amount of the line.
    totals = invoice_totals(
        [PricedLine(1, line.net_minor, line.category_code, line.rate_percent) for line in lines],  # type: ignore[arg-type]
        shipping_minor,
    )
    seller, buyer = changes.get("seller", REPARO), changes.get("buyer", ATELIER)
    invoice = Invoice(
        kind=380,
        number="RPRO-2026-000042",
        issue_date=DAY,
        language="fr",
        currency="EUR",
        seller=seller,
        buyer=buyer,
        lines=tuple(lines),
        breakdown=tuple(
            VatRow(row.category_code, row.rate_percent, row.base_minor, row.vat_minor,
                   None if row.category_code == "S" else vatex, None if row.category_code == "S" else reason)
            for row in totals.breakdown
        ),
        net_minor=totals.net_minor,
        vat_minor=totals.vat_minor,
        gross_minor=totals.gross_minor,
        paid_minor=totals.gross_minor,
        payment=Payment("transfer", "CMD-2026-000123", paid_on=date(2026, 11, 21)),
        account=ACCOUNT,
        platform="Regrade",
        shipping=tuple(DocumentAmount(part.net_minor, part.category_code, part.rate_percent) for part in totals.shipping),
        deliver_to=DeliverTo(buyer.name, buyer.address),
        delivery_date=DAY,
        order_number="CMD-2026-000123",
        buyer_reference="PO-7781",
        delivery_note="BL-2026-000042",
        notes=tuple(
            Note(note.code, note.text) for note in statutory_notes(seller.address.country, buyer.address.country, DAY)
        ),
    )  # fmt: skip
    return replace(invoice, **changes)


def an_order(**changes: Any) -> PurchaseOrder:
    """Worked example E1: a seller with VAT and a margin seller, 2,211.48 EUR."""
    order = PurchaseOrder(
        number="CMD-2026-000123",
        ordered_on=date(2026, 11, 20),
        hold_until=datetime(2026, 11, 27, 22, 59, 59, tzinfo=UTC),
        time_zone="Europe/Paris",
        language="fr",
        currency="EUR",
        market=Market(
            "Regrade Pro", ("Regrade · place de marché de matériel reconditionné", "Assistance +33 1 80 00 00 00")
        ),
        buyer=ATELIER,
        deliver_to=DeliverTo("Atelier Vidal SARL – Réception", ATELIER.address),
        sellers=(
            SellerPart(
                name="Reparo SAS",
                ships_from="FR",
                lines=(
                    OrderedLine(
                        "Apple iPhone 13 128 Go Noir",
                        "Excellent",
                        2,
                        38900,
                        77800,
                        "TVA 20 %",
                        "IP13-128-BK",
                        "12 mois",
                    ),
                    OrderedLine("Lenovo ThinkPad T14 Gen 3", "Bon", 1, 51250, 51250, "TVA 20 %", "T14-G3", "24 mois"),
                ),
                shipping_minor=990,
                vat_minor=26008,
                gross_minor=156048,
            ),
            SellerPart(
                name="Seconde Main Pro",
                ships_from="FR",
                lines=(
                    OrderedLine(
                        "Samsung Galaxy S22 256 Go",
                        "Correct",
                        3,
                        21500,
                        64500,
                        "Régime particulier – Biens d'occasion",
                        vat_included=True,
                    ),
                ),
                shipping_minor=600,
                vat_minor=0,
                gross_minor=65100,
            ),
        ),
        net_minor=195140,
        vat_minor=26008,
        gross_minor=221148,
        account=ACCOUNT,
        reference="CMD-2026-000123",
    )
    return replace(order, **changes)
