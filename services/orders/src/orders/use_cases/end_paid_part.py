"""How a paid seller order ends before it ships, whoever ends it: its clocks stop, and the order goes on without it."""

from datetime import datetime

from orders.domain.events import EndOfPaid
from orders.domain.order import Order
from orders.domain.seller_order import SellerOrder
from orders.use_cases.ask_address_change import ADDRESS_ANSWER
from orders.use_cases.follow_seller_orders import follow_seller_orders
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.mark_late import LATE_SHIPMENT_TIMER
from orders.use_cases.ports import UnitOfWork

ACCEPTANCE_LAPSE = "acceptance_lapse"
CANCELLATION_LAPSE = "cancellation_lapse"


async def end_paid_part(
    uow: UnitOfWork, order: Order, part: SellerOrder, reason: str, by: str, now: datetime
) -> SellerOrder:
    """CANCELLED. Raises SellerOrderMoveRefused for what has left. The caller holds the order's lock."""
    assert order.secured_at is not None, "only what was paid ends this way"
    moved = part.end(reason, EndOfPaid(by, order.secured_at), at=now)
    part = await keep_seller_order(uow, part, moved, "end", by, now)
    for clock in (ACCEPTANCE_LAPSE, ADDRESS_ANSWER, CANCELLATION_LAPSE, LATE_SHIPMENT_TIMER, "vat_hold"):
        await uow.timers.cancel(clock, part.id)
    await follow_seller_orders(uow, order, now)
    return part
