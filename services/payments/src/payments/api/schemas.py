"""Response shapes. Amounts are minor units with their currency; times are UTC."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chassis.kernel.money import Money
from chassis.web.pages import MoneyBody


def _money(value: Any) -> Any:
    return MoneyBody.of(value) if isinstance(value, Money) else value


Amount = Annotated[MoneyBody, BeforeValidator(_money)]


class Body(BaseModel):
    """Read from the view of the same fields."""

    model_config = ConfigDict(from_attributes=True)


class VirtualAccountBody(Body):
    """The account at the payment provider that belongs to the buyer; money there is held in escrow."""

    iban: str
    bic: str
    holder_name: str


class PaymentBody(Body):
    """The payment of one order: pay `missing` to `virtual_account`, quoting `reference`."""

    id: UUID
    version: int
    order_id: UUID
    reference: str
    buyer_id: UUID
    market: str
    state: Literal["opened", "partially_paid", "secured", "closed"]
    due: Amount
    received: Amount
    missing: Amount
    virtual_account: VirtualAccountBody | None
    opened_at: datetime
    secured_at: datetime | None
    closed_at: datetime | None
    closed_reason: str | None
    method: Literal["bank_transfer", "card"] | None = Field(description="By which means money came last")
    capture: Literal["done", "at_dispatch"] | None = Field(
        description="`at_dispatch`: an authorised card stands for the money until each seller's part leaves"
    )


class CardPaymentBody(Body):
    """An attempt to pay by card: send the buyer to `hosted_page` until `expires_at`; 3-D Secure is never skipped."""

    id: UUID
    version: int
    payment_id: UUID
    order_id: UUID
    state: Literal["created", "requires_3ds", "authorised", "captured", "failed", "voided", "expired"]
    amount: Amount
    captured: Amount
    hosted_page: str | None
    created_at: datetime
    expires_at: datetime
    valid_until: datetime | None
    failure_reason: str | None


class CardLinkBody(Body):
    """What the page behind a payment link shows; `to_pay` is null where nothing is to be paid by card now."""

    payment: PaymentBody
    company_name: str
    language: str | None
    to_pay: Amount | None
    latest: CardPaymentBody | None


class InvoiceBody(Body):
    """An invoice (380) or credit note (381) in the seller's name. `gross` is what was paid for it, or is given back.

    `sha256` is the PDF's. A credit note names the invoice it credits and the case it was issued for. Of a document that its
    seller contests `contest_state` tells; the two that correct it have its `contest_id`, and the new invoice says which
    one it replaces.
    """

    id: UUID
    version: int
    number: str
    series: str
    number_in_series: int
    kind: Literal["380", "381"]
    credits_id: UUID | None
    case_id: UUID | None
    replaces_id: UUID | None
    contest_id: UUID | None
    contest_state: Literal["open", "upheld", "dismissed"] | None
    state: Literal["numbered", "validated", "issued", "blocked"]
    regime: Literal["normal", "margin"]
    seller_id: UUID
    buyer_id: UUID
    order_id: UUID
    seller_order_id: UUID
    shipment_id: UUID
    issued_on: date
    net: Amount
    vat: Amount
    gross: Amount
    sha256: str | None
    numbered_at: datetime
    issued_at: datetime | None
    blocked_reason: str | None
    next_step: Literal["sign_mandate", "ask_support"] | None = Field(description="What lets a blocked invoice go on")


class BalanceBody(Body):
    """A seller's money in one currency: `pending` its claim windows, `available` for the next run, `in_payout`."""

    currency: str
    pending: Amount
    available: Amount
    in_payout: Amount


class BalancesBody(BaseModel):
    """One entry per currency."""

    balances: list[BalanceBody]


class SettlementBody(Body):
    """What one seller order earned: `amount` = `invoiced` - `credited` - commission and its VAT + `credited_commission`."""

    seller_order_id: UUID
    version: int
    state: Literal["pending", "released", "paid_out"]
    order_id: UUID
    seller_id: UUID
    market: str
    invoiced: Amount
    commission_net: Amount
    commission_vat: Amount
    credited: Amount
    credited_commission: Amount
    amount: Amount
    pending_at: datetime
    released_at: datetime | None
    payout_id: UUID | None


class PayoutBody(Body):
    """Money on its way to a seller's bank. `withheld` of what the seller orders earned went into refunds of earlier sales."""

    id: UUID
    version: int
    state: Literal["created", "sent", "settled", "failed"]
    seller_id: UUID
    market: str
    amount: Amount
    withheld: Amount
    seller_order_ids: list[UUID]
    created_at: datetime
    finished_at: datetime | None
    failure_reason: str | None


class RefundBody(Body):
    """Money on its way back to whoever paid it, by the means it came. `cause` is a stable code.

    `due_at` is the last second promised to the buyer. `waits_for_funds`: the seller owes it and has no money here yet.
    `seller_order_id` is the part of an order that is not delivered.
    """

    id: UUID
    version: int
    state: Literal["created", "sent", "settled", "failed"]
    buyer_id: UUID
    order_id: UUID | None
    source_kind: Literal["bank_credit", "card_capture"]
    source_id: UUID
    amount: Amount
    cause: str
    case_id: UUID | None
    credit_note_id: UUID | None
    seller_order_id: UUID | None
    waits_for_funds: bool
    created_at: datetime
    due_at: datetime | None
    finished_at: datetime | None
    failure_reason: str | None


class PostingBody(Body):
    """One line of a journal."""

    account: str
    side: Literal["debit", "credit"]
    amount: Amount


class JournalBody(Body):
    """A journal: its debits are its credits. `kind` names the ledger rule, `cause` the object it was posted for."""

    id: UUID
    kind: str
    cause: str
    order_id: UUID | None
    seller_order_id: UUID | None
    posted_at: datetime
    postings: list[PostingBody]


class AccountBody(Body):
    """A balance, in the direction in which the account grows."""

    name: str
    currency: str
    grows_by: Literal["debit", "credit"]
    balance: Amount


class AllocationBody(Body):
    """Where a part of a bank line went."""

    kind: Literal["order", "unapplied", "refund"]
    order_id: UUID | None
    amount: Amount


class BankLineBody(Body):
    """Money that came in on a virtual account. `third_party`: somebody else paid, a person should look."""

    id: UUID
    version: int
    credit_id: str
    buyer_id: UUID
    amount: Amount
    value_date: date
    booked_at: datetime
    received_at: datetime
    match_case: str
    third_party: bool
    allocations: list[AllocationBody]


class PspMessage(BaseModel):
    """The envelope of the provider's messages; `data` depends on `type`."""

    type: str = Field(max_length=100)
    id: str = Field(max_length=200)
    data: dict[str, Any]
