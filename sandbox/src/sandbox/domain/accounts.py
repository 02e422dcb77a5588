"""Who holds money at the payment provider, and where."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.money import Money


@dataclass(frozen=True, slots=True)
class User:
    """A company known to the provider; `kind` is buyer or seller, `reference` is the platform's own name for it."""

    id: str
    reference: str
    kind: str
    name: str
    country: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Wallet:
    """Money of one owner in one currency; never below zero."""

    id: str
    owner_id: str
    reference: str
    currency: str
    balance: Money
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VirtualAccount:
    """An IBAN whose incoming money is credited to one wallet."""

    id: str
    reference: str
    wallet_id: str
    iban: str
    bic: str
    holder_name: str
    country: str
    currency: str
    created_at: datetime
