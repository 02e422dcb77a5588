"""A journal: one posting of the books, balanced by construction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.accounts import Account, Side


class JournalKind(StrEnum):
    """The ledger rule that a journal follows; the number is the rule's."""

    CAPTURED = "P2_captured"
    CARD_SETTLED = "P2_card_settled"
    TRANSFER_RECEIVED = "P3_transfer_received"
    TRANSFER_MATCHED = "P3_transfer_matched"
    SHIPPED = "P4_shipped"
    COMMISSION = "P5_commission"
    RELEASED = "P6_released"
    PAID_OUT = "P7_paid_out"
    COMMISSION_SWEPT = "P7_commission_swept"
    REFUND_OF_ORDER = "P8_refund_of_order"
    REFUND_OF_UNAPPLIED = "P8_refund_of_unapplied"
    REFUND_PAID = "P8_refund_paid"
    COMMISSION_SWEPT_BACK = "P7_commission_swept_back"
    CREDITED = "P9_credited"
    COMMISSION_REVERSED = "P9_commission_reversed"
    FEE_SET_OFF = "P10_fee_set_off"
    PSP_FEE = "P12_psp_fee"
    ADVANCED = "P13_advanced"
    ADVANCE_RECOVERED = "P13_advance_recovered"


class Unbalanced(AssertionError):
    """A journal whose debits are not its credits: always a mistake of the program, never of a user."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One line: an amount on one side of one account. Amounts are positive; the side says the rest."""

    account: Account
    side: Side
    amount: Money

    @property
    def change_minor(self) -> int:
        """By how much the account's balance grows (or falls, if negative)."""
        return self.amount.minor if self.side == self.account.grows_by else -self.amount.minor


@dataclass(frozen=True, slots=True)
class Entry:
    """What a rule says to post. Building one that does not balance, or in two currencies, raises Unbalanced."""

    kind: JournalKind
    postings: tuple[Posting, ...]
    order_id: Id | None = None
    seller_order_id: Id | None = None

    def __post_init__(self) -> None:
        currencies = {posting.amount.currency for posting in self.postings}
        if len(currencies) != 1:
            raise Unbalanced(f"{self.kind} needs exactly one currency, not {sorted(currencies)}")
        if any(posting.amount.minor <= 0 for posting in self.postings):
            raise Unbalanced(f"{self.kind} has an amount that is not positive")
        if _sum(self.postings, "debit") != _sum(self.postings, "credit"):
            raise Unbalanced(
                f"{self.kind}: debits {_sum(self.postings, 'debit')}, credits {_sum(self.postings, 'credit')}"
            )

    @property
    def currency(self) -> str:
        """The one currency of all postings."""
        return self.postings[0].amount.currency


@dataclass(frozen=True, slots=True)
class Journal:
    """An entry in the books: `cause` names what it was posted for (`bank_line/…`), once per rule and cause."""

    id: Id
    entry: Entry
    cause: str
    posted_at: datetime


def debit(account: Account, amount: Money) -> Posting:
    """A posting on the left."""
    return Posting(account, "debit", amount)


def credit(account: Account, amount: Money) -> Posting:
    """A posting on the right."""
    return Posting(account, "credit", amount)


def _sum(postings: Sequence[Posting], side: Side) -> int:
    return sum(posting.amount.minor for posting in postings if posting.side == side)
