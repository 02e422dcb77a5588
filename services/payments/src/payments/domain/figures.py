"""Whose money lies where, summed over all accounts of a kind: the operator's figures."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from chassis.kernel.money import Money
from payments.domain.accounts import Account, AccountKind

# Promised to sellers against a buyer's debt: there is no money behind it yet.
_UNFUNDED = {AccountKind.SELLER_CLAIMS}


@dataclass(frozen=True, slots=True)
class KindBalance:
    """All accounts of one kind in one currency; `accounts` counts those that are not empty."""

    kind: AccountKind
    balance: Money
    accounts: int


def unswept(balances: Sequence[KindBalance]) -> list[Money]:
    """Per currency: what lies at the provider and is owed to nobody, so commission that still has to be swept."""
    sums: dict[str, int] = defaultdict(int)
    for one in balances:
        if one.kind.startswith("psp."):
            sums[one.balance.currency] += one.balance.minor
        elif _is_owed(one.kind):
            sums[one.balance.currency] -= one.balance.minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]


def _is_owed(kind: AccountKind) -> bool:
    return not kind.startswith("mkt.") and Account(kind).grows_by == "credit" and kind not in _UNFUNDED
