"""The state of a paid order, derived from its seller orders by one pure function."""

from collections.abc import Collection

from orders.domain.order import OrderState
from orders.domain.seller_order import SellerOrderState

_NOT_YET_ACCEPTED = SellerOrderState.AWAITING_ACCEPTANCE
# A parcel that never arrives holds nothing up: what it cost goes back, and nothing is left to wait for.
_DONE = (SellerOrderState.COMPLETED, SellerOrderState.RETURNED, SellerOrderState.LOST)
_ARRIVED = (SellerOrderState.DELIVERED, *_DONE)
_LEFT = (SellerOrderState.SHIPPED, SellerOrderState.DELIVERY_FAILED, *_ARRIVED)


def derived_state(sellers: Collection[SellerOrderState]) -> OrderState:
    """How far the whole is: as far as the least of its parts, PARTIALLY_SHIPPED while some have left and some have not.

    Cancelled parts do not count, unless all of them are.
    """
    parts = [state for state in sellers if state is not SellerOrderState.CANCELLED]
    if not parts:
        return OrderState.CANCELLED_EXCEPTION
    if all(state in _DONE for state in parts):
        return OrderState.COMPLETED
    if all(state in _ARRIVED for state in parts):
        return OrderState.DELIVERED
    if all(state in _LEFT for state in parts):
        return OrderState.SHIPPED
    if any(state in _LEFT for state in parts):
        return OrderState.PARTIALLY_SHIPPED
    return OrderState.SECURED if _NOT_YET_ACCEPTED in parts else OrderState.IN_FULFILMENT
