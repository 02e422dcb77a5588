"""Why a paid seller order may end before it ships, by the rules of its market."""

from datetime import datetime

from orders.domain.cancellation_request import DelayReason
from orders.domain.errors import (
    CancellationAskedAlready,
    CancellationByWithdrawalOnly,
    CancellationReasonNotAccepted,
    DelayComesFirst,
)
from orders.domain.policies import OrderRules
from orders.domain.seller_order import BUYER_ASKED, MOVES, OUT_OF_STOCK, SellerOrder

PRICE_ERROR = "price_error"
# Nobody said that it cannot be delivered, but nobody accepted it either (row C1).
NOT_ACCEPTED = "not_accepted"
# It did not leave, and its buyer no longer waits (row F8).
LATE_SHIPMENT = "late_shipment"
# Of row C5: what needs nobody's consent, and what no consent helps with.
_BY_ITSELF = "self_service_until_shipment"
_NEVER = "withdrawal_only"


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
        raise DelayComesFirst(ship_by=part.ship_by.isoformat(), buyer_was_told=part.delay is not None)


def way_out(part: SellerOrder, rules: OrderRules, now: datetime) -> str | None:
    """For which reason its buyer ends it at once, or None where its seller has to be asked (rows C5 and F8).

    Raises SellerOrderMoveRefused, CancellationByWithdrawalOnly, or CancellationAskedAlready.
    """
    MOVES.after("end", part.state)
    if part.is_buyer_free(now):
        return LATE_SHIPMENT
    if rules.cancellation_while_paid == _BY_ITSELF:
        return BUYER_ASKED
    if rules.cancellation_while_paid == _NEVER:
        raise CancellationByWithdrawalOnly
    if part.cancellation_request is not None:
        raise CancellationAskedAlready(answer=str(part.cancellation_request.state))
    return None


def is_excused(part: SellerOrder, reason: DelayReason, rules: OrderRules, now: datetime) -> bool:
    """Whether a delay is not held against the seller: for a reason that the market excuses, told before it is late (row F8)."""
    return reason in rules.excused_delays and part.ship_by is not None and now <= part.ship_by


def free_from(part: SellerOrder, rules: OrderRules) -> datetime:
    """From when on its buyer ends what has not left: so many business days of the place of dispatch after its date (row F8)."""
    assert part.ship_by is not None, "what is there to be shipped has a date to be shipped by"
    days = rules.late_shipment_business_days
    places = {line.ship_from for line in part.lines}
    return max(rules.calendar_of(place).deadline_after(part.ship_by, days).acts_at for place in places)
