"""Facts about payments, past tense; `messaging/outbound.py` says how each looks to others."""

from dataclasses import dataclass
from datetime import date, datetime

from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.journal import Journal
from payments.domain.matching import Part


@dataclass(frozen=True, kw_only=True)
class PaymentOpened(DomainEvent):
    order_id: Id
    buyer_id: Id
    amount_due: Money
    iban: str
    bic: str
    holder_name: str
    reference: str
    card_payment_link: str | None


@dataclass(frozen=True, kw_only=True)
class PaymentPartiallyPaid(DomainEvent):
    order_id: Id
    received: Money
    missing: Money


@dataclass(frozen=True, kw_only=True)
class PaymentSecured(DomainEvent):
    order_id: Id
    amount: Money
    method: str
    capture: str
    secured_at: datetime


@dataclass(frozen=True, kw_only=True)
class PaymentNotPaid(DomainEvent):
    """The definite answer to "this order expires": the payment is closed and takes no more money."""

    order_id: Id


@dataclass(frozen=True, kw_only=True)
class PaymentClosed(DomainEvent):
    order_id: Id
    reason: str


@dataclass(frozen=True, kw_only=True)
class CardStarted(DomainEvent):
    order_id: Id
    payment_id: Id
    amount: Money


@dataclass(frozen=True, kw_only=True)
class CardAuthenticationRequired(DomainEvent):
    order_id: Id
    payment_id: Id
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class CardAuthorised(DomainEvent):
    order_id: Id
    payment_id: Id
    amount: Money
    valid_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class CardCaptured(DomainEvent):
    """`seller_order_id` and `shipment_id` are None where everything was captured at once."""

    order_id: Id
    payment_id: Id
    seller_order_id: Id | None
    shipment_id: Id | None
    amount: Money


@dataclass(frozen=True, kw_only=True)
class CardCaptureFailed(DomainEvent):
    order_id: Id
    payment_id: Id
    seller_order_id: Id
    shipment_id: Id
    reason: str


@dataclass(frozen=True, kw_only=True)
class CardFailed(DomainEvent):
    order_id: Id
    payment_id: Id
    reason: str


@dataclass(frozen=True, kw_only=True)
class CardVoided(DomainEvent):
    order_id: Id
    payment_id: Id


@dataclass(frozen=True, kw_only=True)
class CardExpired(DomainEvent):
    order_id: Id
    payment_id: Id


@dataclass(frozen=True, kw_only=True)
class BankLineReceived(DomainEvent):
    buyer_id: Id
    amount: Money
    value_date: date
    booked_at: datetime


@dataclass(frozen=True, kw_only=True)
class BankLineAllocated(DomainEvent):
    currency: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class JournalPosted(DomainEvent):
    journal: Journal


@dataclass(frozen=True, kw_only=True)
class InvoiceIssued(DomainEvent):
    number: str
    kind: str
    series: str
    seller_id: Id
    buyer_id: Id
    order_id: Id
    seller_order_id: Id
    shipment_id: Id
    net: Money
    vat: Money
    gross: Money
    sha256: str
    issued_on: date
    credits: tuple[Id, str] | None = None
    case_id: Id | None = None
    replaces: tuple[Id, str] | None = None
    contest_id: Id | None = None


@dataclass(frozen=True, kw_only=True)
class ContestOpened(DomainEvent):
    """A seller contests a document in its name."""

    invoice_id: Id
    number: str
    order_id: Id
    seller_id: Id
    buyer_id: Id
    reason: str


@dataclass(frozen=True, kw_only=True)
class ContestUpheld(DomainEvent):
    """A credit note and a new invoice replace the document."""

    invoice_id: Id
    seller_id: Id
    credit_note_id: Id
    corrected_id: Id


@dataclass(frozen=True, kw_only=True)
class ContestDismissed(DomainEvent):
    """The document stays as it is."""

    invoice_id: Id
    number: str
    order_id: Id
    seller_id: Id
    reason: str


@dataclass(frozen=True, kw_only=True)
class SettlementPending(DomainEvent):
    seller_id: Id
    amount: Money
    commission_net: Money
    commission_vat: Money


@dataclass(frozen=True, kw_only=True)
class SettlementReleased(DomainEvent):
    seller_id: Id
    amount: Money


@dataclass(frozen=True, kw_only=True)
class SettlementCredited(DomainEvent):
    """A credit note took something back: `gross` from the buyer's view, with the commission that goes back to the seller."""

    seller_id: Id
    credit_note_id: Id
    gross: Money
    commission: Money
    amount: Money


@dataclass(frozen=True, kw_only=True)
class SettlementPaidOut(DomainEvent):
    payout_id: Id


@dataclass(frozen=True, kw_only=True)
class PayoutCreated(DomainEvent):
    seller_id: Id
    amount: Money
    withheld: Money
    seller_order_ids: tuple[Id, ...]


@dataclass(frozen=True, kw_only=True)
class PayoutSent(DomainEvent):
    seller_id: Id


@dataclass(frozen=True, kw_only=True)
class PayoutSettled(DomainEvent):
    seller_id: Id
    amount: Money


@dataclass(frozen=True, kw_only=True)
class PayoutFailed(DomainEvent):
    seller_id: Id
    reason: str


@dataclass(frozen=True, kw_only=True)
class RefundCreated(DomainEvent):
    order_id: Id | None
    buyer_id: Id
    amount: Money
    cause: str
    means: str
    due_at: datetime | None
    case_id: Id | None
    credit_note_id: Id | None
    seller_order_id: Id | None


@dataclass(frozen=True, kw_only=True)
class RefundSent(DomainEvent):
    order_id: Id | None
    buyer_id: Id


@dataclass(frozen=True, kw_only=True)
class RefundSettled(DomainEvent):
    """`completes_case`: nothing else of the same case is still on its way to the buyer."""

    order_id: Id | None
    buyer_id: Id
    amount: Money
    case_id: Id | None
    credit_note_id: Id | None
    completes_case: bool


@dataclass(frozen=True, kw_only=True)
class RefundFailed(DomainEvent):
    order_id: Id | None
    buyer_id: Id
    reason: str
