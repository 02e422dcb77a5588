"""What an invoice is, in plain values: the terms of EN 16931 that this platform uses."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from documents.parties import Account, DeliverTo, Party

Means = Literal["card", "transfer", "netting", "unknown"]
Supplies = Literal["goods", "services"]

INVOICE = 380
CREDIT_NOTE = 381


@dataclass(frozen=True, slots=True)
class Serial:
    """`kind` is "IMEI", "S/N" or another name the reader knows."""

    kind: str
    value: str


PartKind = Literal["option", "eco_contribution", "private_copying"]


@dataclass(frozen=True, slots=True)
class LinePart:
    """A part of the unit price, in minor units on the line's basis. `title` is an option's; a levy is named by its kind."""

    kind: PartKind
    unit_minor: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """Amounts net of VAT in minor units (margin goods: the price). `rate_percent` is text, None when out of scope."""

    title: str
    quantity: int
    net_minor: int
    category_code: str
    rate_percent: str | None
    sku: str | None = None
    grade: str | None = None
    warranty: str | None = None
    serials: tuple[Serial, ...] = ()
    parts: tuple[LinePart, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentAmount:
    """Shipping or discount on the whole document, for one VAT category; never negative."""

    net_minor: int
    category_code: str
    rate_percent: str | None


@dataclass(frozen=True, slots=True)
class VatRow:
    """One row of the VAT breakdown. `vatex` (BT-121) and `reason` (BT-120, in the document's language) when no VAT is due."""

    category_code: str
    rate_percent: str | None
    base_minor: int
    vat_minor: int
    vatex: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """How it was or will be paid. `paid_on` when it is paid, else `due_on`; `reference` is the order's (BT-83).

    A credit note that is made before its refund has both: the day it settles the books, and the day the refund is promised for.
    """

    means: Means
    reference: str
    paid_on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note with its UNTDID 4451 code (BG-1)."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class PrecedingInvoice:
    """The invoice that a credit note credits, or that a corrected invoice replaces (BG-3)."""

    number: str
    issue_date: date


@dataclass(frozen=True, slots=True)
class AccountingVat:
    """The VAT total in the currency of the seller's country (BT-6, BT-111), where the law asks for it."""

    currency: str
    vat_minor: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """A sale invoice, a credit note or a commission invoice. All amounts in minor units of `currency`, never negative.

    `platform` is set when the platform issues it in the seller's name: it prints the mandate (note DCL). `account` is the
    buyer's virtual account and always stands on a sale document; only a netted one (commission) does without.
    `rounding_minor` (BT-114) comes from VAT-inclusive prices. A credit note's `paid_minor` is what was refunded; with
    `settled_by` nothing was: the invoice of that number takes the amount over.
    """

    kind: Literal[380, 381]
    number: str
    issue_date: date
    language: str
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[InvoiceLine, ...]
    breakdown: tuple[VatRow, ...]
    net_minor: int
    vat_minor: int
    gross_minor: int
    paid_minor: int
    payment: Payment
    supplies: Supplies = "goods"
    account: Account | None = None
    platform: str | None = None
    shipping: tuple[DocumentAmount, ...] = ()
    discount: tuple[DocumentAmount, ...] = ()
    rounding_minor: int = 0
    deliver_to: DeliverTo | None = None
    delivery_date: date | None = None
    order_number: str | None = None
    buyer_reference: str | None = None
    delivery_note: str | None = None
    preceding: PrecedingInvoice | None = None
    period: tuple[date, date] | None = None
    accounting_vat: AccountingVat | None = None
    notes: tuple[Note, ...] = ()
    settled_by: str | None = None

    @property
    def lines_minor(self) -> int:
        return sum(line.net_minor for line in self.lines)

    @property
    def shipping_minor(self) -> int:
        return sum(part.net_minor for part in self.shipping)

    @property
    def discount_minor(self) -> int:
        return sum(part.net_minor for part in self.discount)

    @property
    def due_minor(self) -> int:
        """BT-115."""
        return self.gross_minor + self.rounding_minor - self.paid_minor

    @property
    def out_of_scope(self) -> bool:
        """Category O: no VAT number may stand on the document (EN 16931 BR-O-02)."""
        return any(row.category_code == "O" for row in self.breakdown)


@dataclass(frozen=True, slots=True)
class InvoiceFiles:
    """`pdf` is PDF/A-3b with `xml` (CII, EN 16931) inside; `sha256` is the hex digest of `pdf`."""

    pdf: bytes
    xml: bytes
    sha256: str
