"""An invoice in a seller's name: numbered without gaps, checked, stored, issued; a number is never skipped or reused."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from chassis.kernel.ids import Id, derived_id
from chassis.kernel.money import Money
from chassis.kernel.state import StateTable
from documents.invoice_data import Invoice as Paper
from payments.domain.errors import InvoiceMoveRefused
from payments.domain.events import InvoiceIssued
from tax import Regime


class InvoiceState(StrEnum):
    NUMBERED = "numbered"
    VALIDATED = "validated"
    ISSUED = "issued"
    BLOCKED = "blocked"


# The seller has ended its mandate: nobody issues an invoice in its name until it signs anew.
MANDATE_REVOKED = "mandate_revoked"

_S = InvoiceState
MOVES: StateTable[InvoiceState] = StateTable(
    {
        ("validate", _S.NUMBERED): _S.VALIDATED,
        # A blocked invoice keeps its number: the data is put right and it is checked again.
        ("validate", _S.BLOCKED): _S.VALIDATED,
        ("block", _S.NUMBERED): _S.BLOCKED,
        ("block", _S.BLOCKED): _S.BLOCKED,
        ("issue", _S.VALIDATED): _S.ISSUED,
    },
    InvoiceMoveRefused,
)


@dataclass(frozen=True, slots=True)
class SeriesNumber:
    """The n-th document of a series: `RCDT-2026` and 42 are `RCDT-2026-000042`, `RCDT-2026-A` and 3 `RCDT-2026-A00003`.

    A series is one seller's documents of one kind in one year: the year stands in the number, so it starts again each year.
    """

    series: str
    n: int

    @property
    def text(self) -> str:
        """As it stands on the document (CGI ann. II 242 nonies A: unique, chronological, unbroken)."""
        return f"{self.series}{self.n:05d}" if self.series.endswith("-A") else f"{self.series}-{self.n:06d}"


@dataclass(frozen=True, slots=True)
class Credit:
    """Which invoice a credit note credits, and for which case; `reason` is the case's stable code."""

    invoice_id: Id
    invoice_number: str
    case_id: Id
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """Of the two documents that replace a contested invoice: the contest, and which invoice that was."""

    contest_id: Id
    invoice_id: Id
    invoice_number: str


@dataclass(frozen=True)
class Invoice:
    """`version` counts public events only, so it is 0 until the invoice is issued. `paper` is frozen with the number.

    A credit note is an invoice whose paper is one; `credit` then names what it credits, and why. With a `correction` it only
    cancels what a new invoice says again, and no money goes back.
    """

    id: Id
    version: int
    state: InvoiceState
    number: SeriesNumber
    regime: Regime
    seller_id: Id
    buyer_id: Id
    order_id: Id
    seller_order_id: Id
    shipment_id: Id
    paper: Paper
    numbered_at: datetime
    sha256: str | None = None
    issued_at: datetime | None = None
    blocked_reason: str | None = None
    credit: "Credit | None" = None
    correction: Correction | None = None

    @property
    def is_credit_note(self) -> bool:
        """By its type code (UNTDID 1001)."""
        return self.paper.kind == 381

    @property
    def credits(self) -> tuple[Id, str] | None:
        """Of a credit note: the invoice that it credits, and its number."""
        if not self.is_credit_note:
            return None
        named = self.credit or self.correction
        assert named is not None, "a credit note names its invoice"
        return named.invoice_id, named.invoice_number

    @property
    def replaces(self) -> tuple[Id, str] | None:
        """Of an invoice that corrects a contested one: which, and its number."""
        if self.is_credit_note or self.correction is None:
            return None
        return self.correction.invoice_id, self.correction.invoice_number

    @property
    def total(self) -> Money:
        """What the buyer pays for it: BT-112 plus the rounding of VAT-inclusive prices (BT-114)."""
        return Money(self.paper.gross_minor + self.paper.rounding_minor, self.paper.currency)

    @property
    def issued_on(self) -> date:
        """BT-2: the day the goods left."""
        return self.paper.issue_date

    def block(self, reason: str) -> "Invoice":
        """It must not go out as it is; an operator is told."""
        return replace(self, state=MOVES.after("block", self.state), blocked_reason=reason)

    def validate(self, sha256: str) -> "Invoice":
        """The document was made and passed its checks; `sha256` is the PDF's."""
        return replace(self, state=MOVES.after("validate", self.state), sha256=sha256, blocked_reason=None)

    def issue(self, at: datetime) -> tuple["Invoice", InvoiceIssued]:
        """The document is stored: from here on it never changes."""
        state = MOVES.after("issue", self.state)
        assert self.sha256 is not None
        moved = replace(self, version=self.version + 1, state=state, issued_at=at)
        currency = self.paper.currency
        event = InvoiceIssued(
            aggregate_id=self.id,
            seq=moved.version,
            number=self.number.text,
            kind=str(self.paper.kind),
            series=self.number.series,
            seller_id=self.seller_id,
            buyer_id=self.buyer_id,
            order_id=self.order_id,
            seller_order_id=self.seller_order_id,
            shipment_id=self.shipment_id,
            net=Money(self.paper.net_minor, currency),
            vat=Money(self.paper.vat_minor, currency),
            gross=self.total,
            sha256=self.sha256,
            issued_on=self.issued_on,
            credits=self.credits,
            case_id=self.credit.case_id if self.credit else None,
            replaces=self.replaces,
            contest_id=self.correction.contest_id if self.correction else None,
        )
        return moved, event


def invoice_id_of(shipment_id: Id, regime: Regime) -> Id:
    """One per shipment and VAT regime, so that a repeated message numbers nothing twice."""
    return derived_id(shipment_id, f"invoice/{regime}")


def credit_note_id_of(case_id: Id, invoice_id: Id) -> Id:
    """One per case and invoice."""
    return derived_id(case_id, f"credit_note/{invoice_id}")


def correction_id_of(contest_id: Id, kind: int) -> Id:
    """The new invoice (380) and the credit note (381) of a contest."""
    return derived_id(contest_id, f"correction/{kind}")


def series_of(prefix: str, kind: int, day: date) -> str:
    """`RCDT-2026` for invoices, `RCDT-2026-A` for credit notes."""
    return f"{prefix}-{day.year}" if kind == 380 else f"{prefix}-{day.year}-A"
