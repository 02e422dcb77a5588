"""Balances as a fold of postings, and the escrow invariant that holds after every journal."""

from collections import Counter
from collections.abc import Iterable, Mapping

from payments.domain.accounts import Account, AccountKind
from payments.domain.errors import AccountWouldBeOverdrawn
from payments.domain.journal import Entry

Balances = Mapping[Account, int]

_HELD_BY_THE_PROVIDER = (AccountKind.PSP_CASH, AccountKind.PSP_CARD, AccountKind.PSP_VOUCHER)
_OWED_FROM_ESCROW = (
    AccountKind.BUYER_ESCROW,
    AccountKind.BUYER_UNAPPLIED,
    AccountKind.SELLER_PENDING,
    AccountKind.SELLER_AVAILABLE,
    AccountKind.REFUND_PAYABLE,
)
# What the platform earned and has not yet swept to itself; advances that it paid in count against it.
_EARNED = (AccountKind.MKT_COMMISSION, AccountKind.MKT_VAT_OUT)
_SWEPT_OR_ADVANCED = (AccountKind.MKT_CASH, AccountKind.MKT_RECEIVABLE)


def fold(entries: Iterable[Entry], start: Balances | None = None) -> dict[Account, int]:
    """Balances of one currency after the entries; raises AccountWouldBeOverdrawn where other people's money would be missing."""
    balances = Counter[Account](dict(start or {}))
    for entry in entries:
        for posting in entry.postings:
            balances[posting.account] += posting.change_minor
        for posting in entry.postings:
            if balances[posting.account] < 0 and not posting.account.may_be_negative:
                raise AccountWouldBeOverdrawn(account=posting.account.name)
    return dict(balances)


def escrow_difference(balances: Balances) -> int:
    """Money at the provider minus what is owed from it, in minor units: 0 after every journal.

    psp.* = buyer.escrow + buyer.unapplied + seller.pending + seller.available + refund.payable + what the platform
    earned and has not swept.
    """
    held = _sum(balances, _HELD_BY_THE_PROVIDER)
    owed = _sum(balances, _OWED_FROM_ESCROW)
    unswept = _sum(balances, _EARNED) - _sum(balances, _SWEPT_OR_ADVANCED)
    return held - owed - unswept


def _sum(balances: Balances, kinds: tuple[AccountKind, ...]) -> int:
    return sum(balance for account, balance in balances.items() if account.kind in kinds)
