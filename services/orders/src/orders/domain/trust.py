"""How far a buyer company is trusted: what it may hold unpaid, by what it has paid before or by an operator's word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.errors import TrustTierUnknown

# More paid orders than this make nobody more trusted, so that nobody counts further.
PAID_ORDERS_COUNTED = 100


@dataclass(frozen=True, slots=True)
class TrustTier:
    """Value in minor units of an order's currency, and units, that a buyer of this tier may hold unpaid at once.

    It is reached after so many paid orders, or only where an operator grants it.
    """

    name: str
    after_paid_orders: int
    granted_only: bool
    value_max: int
    units_max: int

    def holds(self, units: int, value: int) -> bool:
        """Whether so much may be held."""
        return units <= self.units_max and value <= self.value_max


@dataclass(frozen=True, slots=True)
class Trust:
    """An operator's word about a buyer company: its tier in every market; None takes an earlier word back."""

    id: Id
    tier: str | None
    reason: str
    changed_at: datetime


def tier_of(tiers: Sequence[TrustTier], paid_orders: int, granted: str | None) -> TrustTier:
    """The tier that was granted, where the market has it; else the last one that its paid orders have reached."""
    for tier in tiers:
        if tier.name == granted:
            return tier
    reached = [tier for tier in tiers if not tier.granted_only and tier.after_paid_orders <= paid_orders]
    return max(reached, key=lambda tier: tier.after_paid_orders)


def must_be_known(tier: str | None, tiers: Sequence[TrustTier]) -> None:
    """Refuse a tier that no market has."""
    names = sorted({one.name for one in tiers})
    if tier is not None and tier not in names:
        raise TrustTierUnknown(tier=tier, tiers=names)
