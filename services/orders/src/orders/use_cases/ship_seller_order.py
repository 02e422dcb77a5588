"""A seller ships its part of an order: every unit is named, and the parcel has a tracking number."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id, derived_id
from orders.domain.errors import ParcelAlreadyKnown, SerialAlreadyShipped
from orders.domain.seller_order import SellerOrder
from orders.domain.shipment import Shipment, ShipmentState
from orders.domain.units import ShippedLine, check_units
from orders.use_cases.apply_carrier_message import apply_to_shipment
from orders.use_cases.follow_seller_orders import follow_seller_orders
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.lock_seller_order import lock_seller_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class ShipSellerOrder:
    """The whole seller order in one parcel."""

    seller_id: Id
    seller_order_id: Id
    carrier: str
    tracking_number: str
    lines: tuple[ShippedLine, ...]


async def ship_seller_order(command: ShipSellerOrder, uow: UnitOfWork, now: datetime) -> Id:
    """The shipment's id. After this nothing about the goods changes any more, and the invoice is issued.

    Raises SellerOrderNotFound, SellerOrderMoveRefused, VatNotCleared, CarrierNotAccepted, what `check_units` raises,
    ParcelAlreadyKnown or SerialAlreadyShipped.
    """
    order, part = await lock_seller_order(uow, command.seller_order_id, command.seller_id)
    shipment_id = derived_id(part.id, "shipment")
    moved = part.ship(shipment_id, at=now)
    rules = uow.rules.of_version(order.policy_version)
    carrier, tracking_number = normal_parcel(command.carrier, command.tracking_number)
    rules.must_use_carrier(carrier, part.delivery_country)
    lines = check_units(part.lines, command.lines)
    await uow.carrier_messages.take_turn(carrier, tracking_number)
    if await uow.shipments.find_parcel(carrier, tracking_number) is not None:
        raise ParcelAlreadyKnown(carrier=carrier, tracking_number=tracking_number)
    shipment = _shipment(shipment_id, part, carrier, tracking_number, lines, now)
    await uow.shipments.add(shipment)
    taken = await uow.shipments.claim_units(shipment.id, [unit for line in lines for unit in line.units])
    if taken:
        raise SerialAlreadyShipped(units=list(taken))
    uow.publish(shipment.dispatched())
    await keep_seller_order(uow, part, moved, "ship", "seller", now)
    await follow_seller_orders(uow, order, now)
    days = rules.calendar_of(part.delivery_country)
    # No news is good news, but only after this long (§1.6).
    fallback = days.deadline_after(now, rules.delivered_after_business_days)
    await uow.timers.set("delivered_fallback", shipment.id, fallback.acts_at)
    for message in await uow.carrier_messages.unmatched(carrier, tracking_number):
        await apply_to_shipment(message, shipment.id, uow, now)
    return shipment.id


def normal_parcel(carrier: str, tracking_number: str) -> tuple[str, str]:
    """How a parcel is written here, so that seller and carrier mean the same one."""
    return carrier.strip().lower(), "".join(tracking_number.split()).upper()


def _shipment(
    id: Id, part: SellerOrder, carrier: str, tracking_number: str, lines: tuple[ShippedLine, ...], now: datetime
) -> Shipment:
    return Shipment(
        id=id,
        version=1,
        seller_order_id=part.id,
        order_id=part.order_id,
        seller_id=part.seller_id,
        buyer_id=part.buyer_id,
        market=part.market,
        policy_version=part.policy_version,
        carrier=carrier,
        tracking_number=tracking_number,
        delivery_country=part.delivery_country,
        lines=lines,
        state=ShipmentState.DISPATCHED,
        dispatched_at=now,
    )
