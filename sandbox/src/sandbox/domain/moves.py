"""Money moves at the payment provider: each is one journal line from one account to another."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from chassis.kernel.money import Money
from sandbox.domain.errors import RefundExceedsCredit, SameWallet, WalletCurrencyDiffers

# The two accounts of the journal that are not wallets: everybody else's bank, and money on its way there.
BANK = "bank"
IN_TRANSIT = "in_transit"

OutgoingKind = Literal["payout", "refund"]
OutgoingStatus = Literal["created", "settled", "failed"]


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money moved between two wallets; final at once."""

    id: str
    reference: str
    from_wallet_id: str
    to_wallet_id: str
    amount: Money
    metadata: dict[str, str]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Credit:
    """Money that came in by bank transfer; `reference` is the virtual account's, `refunded` what went back so far."""

    id: str
    reference: str
    virtual_account_id: str
    iban: str
    wallet_id: str
    amount: Money
    refunded: Money
    value_date: date
    booked_at: datetime
    debtor_name: str
    debtor_iban: str
    remittance: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Money on its way out: a pay-out of a wallet, or a refund that sends back a bank credit or a card capture.

    A card has no IBAN that we know, so `creditor_iban` is empty for the refund of a capture.
    """

    id: str
    kind: OutgoingKind
    reference: str
    wallet_id: str
    credit_id: str | None
    creditor_name: str
    creditor_iban: str
    amount: Money
    remittance: str
    status: OutgoingStatus
    failure_reason: str | None
    created_at: datetime
    finished_at: datetime | None
    capture_id: str | None = None


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One move, append-only; `object_id` is the credit, capture, transfer, pay-out or refund that caused it."""

    id: int
    kind: str
    from_account: str
    to_account: str
    amount: Money
    reference: str
    object_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Position:
    """Where the money of one currency is: received = in wallets + in transit + paid out + refunded, always."""

    currency: str
    received_minor: int
    wallets_minor: int
    in_transit_minor: int
    paid_out_minor: int
    refunded_minor: int


def check_currency(amount: Money, wallet_currency: str) -> None:
    """A wallet takes and gives only its own currency."""
    if amount.currency != wallet_currency:
        raise WalletCurrencyDiffers(f"The wallet holds {wallet_currency}, the amount is in {amount.currency}.")


def check_two_wallets(from_wallet_id: str, to_wallet_id: str) -> None:
    """A transfer to oneself would be a journal line that says nothing."""
    if from_wallet_id == to_wallet_id:
        raise SameWallet(f"Both sides are {from_wallet_id}.")


def check_refundable(credit: Credit, amount: Money) -> None:
    """The sum of a credit's refunds that did not fail stays within the credit."""
    check_currency(amount, credit.amount.currency)
    left = credit.amount - credit.refunded
    if left < amount:
        raise RefundExceedsCredit(
            f"{left.minor} of {credit.amount.minor} can still be sent back.", left_minor=left.minor
        )
