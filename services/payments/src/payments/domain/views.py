"""The read side: what lists and single reads show, as plain values."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.invoice import MANDATE_REVOKED
from payments.domain.payment import VirtualAccount


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a buyer or a seller sees what is theirs; without either, everything."""

    buyer_id: Id | None = None
    seller_id: Id | None = None
    # Invoices of erased companies are read by who has to keep them only.
    sees_sealed: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list, newest first: what is older than `after` (time and id), at most `limit` rows."""

    after: tuple[datetime, str] | None
    limit: int


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment and where to pay."""

    id: Id
    version: int
    order_id: Id
    reference: str
    buyer_id: Id
    market: str
    state: str
    due: Money
    received: Money
    missing: Money
    virtual_account: VirtualAccount | None
    opened_at: datetime
    secured_at: datetime | None
    closed_at: datetime | None
    closed_reason: str | None
    method: str | None
    capture: str | None


@dataclass(frozen=True, slots=True)
class CardPaymentView:
    """An attempt to pay by card."""

    id: Id
    version: int
    payment_id: Id
    order_id: Id
    state: str
    amount: Money
    captured: Money
    hosted_page: str | None
    created_at: datetime
    expires_at: datetime
    valid_until: datetime | None
    failure_reason: str | None


@dataclass(frozen=True, slots=True)
class CardLinkView:
    """What the page behind a payment link says: nothing personal but the company's name. `to_pay` None: nothing now."""

    payment: PaymentView
    company_name: str
    language: str | None
    to_pay: Money | None
    latest: CardPaymentView | None


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice without its files."""

    id: Id
    version: int
    number: str
    series: str
    number_in_series: int
    kind: str
    credits_id: Id | None
    case_id: Id | None
    replaces_id: Id | None
    contest_id: Id | None
    contest_state: str | None
    state: str
    regime: str
    seller_id: Id
    buyer_id: Id
    order_id: Id
    seller_order_id: Id
    shipment_id: Id
    issued_on: date
    net: Money
    vat: Money
    gross: Money
    sha256: str | None
    numbered_at: datetime
    issued_at: datetime | None
    blocked_reason: str | None

    @property
    def next_step(self) -> str | None:
        """What lets a blocked invoice go on."""
        if self.state != "blocked":
            return None
        return "sign_mandate" if self.blocked_reason == MANDATE_REVOKED else "ask_support"


@dataclass(frozen=True, slots=True)
class InvoiceFile:
    """One of an invoice's files, with the number to name it by."""

    number: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class SettlementView:
    """What a seller order earned."""

    seller_order_id: Id
    version: int
    state: str
    order_id: Id
    seller_id: Id
    market: str
    invoiced: Money
    commission_net: Money
    commission_vat: Money
    credited: Money
    credited_commission: Money
    amount: Money
    pending_at: datetime
    released_at: datetime | None
    payout_id: Id | None


@dataclass(frozen=True, slots=True)
class BalanceView:
    """A seller's money in one currency: pending its claim windows, available for the next run, on its way to the bank."""

    currency: str
    pending: Money
    available: Money
    in_payout: Money


@dataclass(frozen=True, slots=True)
class PayoutView:
    """A payout and the seller orders in it."""

    id: Id
    version: int
    state: str
    seller_id: Id
    market: str
    amount: Money
    withheld: Money
    seller_order_ids: tuple[Id, ...]
    created_at: datetime
    finished_at: datetime | None
    failure_reason: str | None


@dataclass(frozen=True, slots=True)
class RefundView:
    """Money on its way back."""

    id: Id
    version: int
    state: str
    buyer_id: Id
    order_id: Id | None
    source_kind: str
    source_id: Id
    amount: Money
    cause: str
    case_id: Id | None
    credit_note_id: Id | None
    seller_order_id: Id | None
    waits_for_funds: bool
    created_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    failure_reason: str | None


@dataclass(frozen=True, slots=True)
class PostingView:
    """One line of a journal."""

    account: str
    side: Literal["debit", "credit"]
    amount: Money


@dataclass(frozen=True, slots=True)
class JournalView:
    """A journal with its postings."""

    id: Id
    kind: str
    cause: str
    order_id: Id | None
    seller_order_id: Id | None
    posted_at: datetime
    postings: tuple[PostingView, ...]


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account's balance, in the direction in which it grows."""

    name: str
    currency: str
    grows_by: Literal["debit", "credit"]
    balance: Money


@dataclass(frozen=True, slots=True)
class AllocationView:
    """Where a part of a bank line went."""

    kind: str
    order_id: Id | None
    amount: Money


@dataclass(frozen=True, slots=True)
class BankLineView:
    """Money that came in. The payer's name and account stay in the database."""

    id: Id
    version: int
    credit_id: str
    buyer_id: Id
    amount: Money
    value_date: date
    booked_at: datetime
    received_at: datetime
    match_case: str
    third_party: bool
    allocations: tuple[AllocationView, ...]
