"""Why a paid seller order may end before it ships, by the rules of its market."""

from datetime import datetime

from orders.domain.errors import CancellationReasonNotAccepted, DelayComesFirst
from orders.domain.policies import OrderRules
from orders.domain.seller_order import SellerOrder

OUT_OF_STOCK = "out_of_stock"
PRICE_ERROR = "price_error"
# Nobody said that it cannot be delivered, but nobody accepted it either (row C1).
NOT_ACCEPTED = "not_accepted"


def reasons_of(rules: OrderRules) -> tuple[str, ...]:
    """For what a seller is free of an order: what the contract names (row C2), and an obvious price error (row B9)."""
    own = (PRICE_ERROR,) if rules.obvious_price_error_ends else ()
    return tuple(dict.fromkeys((*rules.refusal_reasons, *own)))


def must_free_seller(part: SellerOrder, reason: str, rules: OrderRules, now: datetime) -> None:
    """Raises CancellationReasonNotAccepted, or DelayComesFirst where a stock-out is a delay until the ship-by date (row C10)."""
    accepted = reasons_of(rules)
    if reason not in accepted:
        raise CancellationReasonNotAccepted(reason=reason, accepted=list(accepted))
    waits = reason == OUT_OF_STOCK and rules.on_stock_out == "inform_of_delay"
    if waits and part.ship_by is not None and now <= part.ship_by:
        raise DelayComesFirst(ship_by=part.ship_by.isoformat())
