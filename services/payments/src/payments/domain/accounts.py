"""The accounts of the ledger as typed values: what each one means, and on which side it grows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from chassis.kernel.ids import Id

Side = Literal["debit", "credit"]


class AccountKind(StrEnum):
    """Every kind of account; those with an owner are written `kind:owner`."""

    PSP_CASH = "psp.cash"
    PSP_CARD = "psp.card"
    PSP_VOUCHER = "psp.voucher"
    BUYER_ESCROW = "buyer.escrow"
    BUYER_UNAPPLIED = "buyer.unapplied"
    BUYER_RECEIVABLE = "buyer.receivable"
    SELLER_PENDING = "seller.pending"
    SELLER_AVAILABLE = "seller.available"
    SELLER_CLAIMS = "seller.claims"
    REFUND_PAYABLE = "refund.payable"
    MKT_COMMISSION = "mkt.commission"
    MKT_VAT_OUT = "mkt.vat_out"
    MKT_CASH = "mkt.cash"
    MKT_PSP_FEES = "mkt.psp_fees"
    MKT_PSP_FEE_PAYABLE = "mkt.psp_fee_payable"
    MKT_RECEIVABLE = "mkt.receivable"


# Assets and expenses grow by debits; everything else is owed to somebody or earned, and grows by credits.
_GROWS_BY_DEBIT = {
    AccountKind.PSP_CASH,
    AccountKind.PSP_CARD,
    AccountKind.PSP_VOUCHER,
    AccountKind.BUYER_RECEIVABLE,
    AccountKind.MKT_CASH,
    AccountKind.MKT_PSP_FEES,
    AccountKind.MKT_RECEIVABLE,
}
# The platform's own books may be overdrawn by a correction; other people's money never.
_MAY_BE_NEGATIVE = {
    AccountKind.MKT_CASH,
    AccountKind.MKT_COMMISSION,
    AccountKind.MKT_VAT_OUT,
    AccountKind.MKT_PSP_FEES,
    AccountKind.MKT_PSP_FEE_PAYABLE,
    AccountKind.MKT_RECEIVABLE,
}


@dataclass(frozen=True, slots=True)
class Account:
    """One account. `owner` is the order, buyer, seller order, seller or refund it belongs to, empty for shared ones."""

    kind: AccountKind
    owner: str = ""

    @property
    def name(self) -> str:
        """`buyer.escrow:0193…`, or just `psp.cash`."""
        return f"{self.kind}:{self.owner}" if self.owner else str(self.kind)

    @property
    def grows_by(self) -> Side:
        """The side that makes the balance larger."""
        return "debit" if self.kind in _GROWS_BY_DEBIT else "credit"

    @property
    def may_be_negative(self) -> bool:
        """Only the platform's own accounts may."""
        return self.kind in _MAY_BE_NEGATIVE

    @classmethod
    def named(cls, name: str) -> "Account":
        """The account of a stored name."""
        kind, _, owner = name.partition(":")
        return cls(AccountKind(kind), owner)


PSP_CASH = Account(AccountKind.PSP_CASH)
PSP_CARD = Account(AccountKind.PSP_CARD)
MKT_COMMISSION = Account(AccountKind.MKT_COMMISSION)
MKT_VAT_OUT = Account(AccountKind.MKT_VAT_OUT)
MKT_CASH = Account(AccountKind.MKT_CASH)
MKT_PSP_FEES = Account(AccountKind.MKT_PSP_FEES)
MKT_PSP_FEE_PAYABLE = Account(AccountKind.MKT_PSP_FEE_PAYABLE)


def escrow_of(order_id: Id) -> Account:
    """A buyer's money for one order, before anything is shipped."""
    return Account(AccountKind.BUYER_ESCROW, str(order_id))


def unapplied_of(buyer_id: Id) -> Account:
    """A buyer's money that belongs to no order."""
    return Account(AccountKind.BUYER_UNAPPLIED, str(buyer_id))


def pending_of(seller_order_id: Id) -> Account:
    """What a shipped seller order earned, until its claim window is over."""
    return Account(AccountKind.SELLER_PENDING, str(seller_order_id))


def available_of(seller_id: Id) -> Account:
    """What may be paid out to a seller."""
    return Account(AccountKind.SELLER_AVAILABLE, str(seller_id))


def receivable_of(seller_id: Id) -> Account:
    """What the platform advanced for a seller and has not got back."""
    return Account(AccountKind.MKT_RECEIVABLE, str(seller_id))


def payable_of(refund_id: Id) -> Account:
    """What is owed back to a buyer by one refund."""
    return Account(AccountKind.REFUND_PAYABLE, str(refund_id))
