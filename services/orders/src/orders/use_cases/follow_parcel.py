"""A parcel has left: the order follows, its arrival is waited for, and scans that came too early are carried out."""

from datetime import datetime

from orders.domain.order import Order
from orders.domain.shipment import Shipment
from orders.use_cases.apply_carrier_message import apply_to_shipment
from orders.use_cases.end_paid_part import CANCELLATION_LAPSE
from orders.use_cases.follow_seller_orders import follow_seller_orders
from orders.use_cases.mark_late import LATE_SHIPMENT_TIMER
from orders.use_cases.move_parcel import SILENCE
from orders.use_cases.ports import UnitOfWork


async def follow_parcel(order: Order, shipment: Shipment, uow: UnitOfWork, now: datetime) -> None:
    """The caller holds the order's lock and the parcel's turn."""
    await follow_seller_orders(uow, order, now)
    rules = uow.rules.of_version(order.policy_version)
    days = rules.calendar_of(shipment.delivery_country)
    # No news is good news, but only after this long (§1.6).
    fallback = days.deadline_after(now, rules.delivered_after_business_days)
    await uow.timers.set(SILENCE, shipment.id, fallback.acts_at)
    for clock in (LATE_SHIPMENT_TIMER, CANCELLATION_LAPSE):
        await uow.timers.cancel(clock, shipment.seller_order_id)
    for message in await uow.carrier_messages.unmatched(shipment.carrier, shipment.tracking_number):
        await apply_to_shipment(message, shipment.id, uow, now)
