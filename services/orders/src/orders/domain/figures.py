"""How the orders stand, for whoever runs the platform: counts by state, and the holds that end next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.kernel.ids import Id
from orders.domain.order import OrderState

# In these nothing happens to an order any more.
ENDED = (
    OrderState.COMPLETED,
    OrderState.REFUSED,
    OrderState.CANCELLED_BY_BUYER,
    OrderState.AUTO_CANCELLED,
    OrderState.CANCELLED_EXCEPTION,
)
OPEN = tuple(state for state in OrderState if state not in ENDED)
RECENT = timedelta(hours=24)
HOLDS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class EndingHold:
    """An order that still waits for its money; amounts in minor units."""

    order_id: Id
    number: int
    market: str
    state: OrderState
    gross: int
    received: int
    currency: str
    hold_until: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """Open orders by state, those that ended within the last day, and the holds that end next, the first one first."""

    open: Mapping[OrderState, int]
    ended: Mapping[OrderState, int]
    holds: Sequence[EndingHold]
    # Of all holds, not only of those shown.
    holds_within_a_day: int
    # Seller orders that should have left, and those whose sellers owe their buyers an answer about cancelling them.
    late_parts: int
    asked_about: int
