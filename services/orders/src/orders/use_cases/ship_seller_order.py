"""A seller ships its part of an order: every unit is named, and the parcel has a tracking number."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id, derived_id
from orders.domain.errors import ParcelAlreadyKnown, SerialAlreadyShipped
from orders.domain.order import CAPTURE_AT_DISPATCH
from orders.domain.seller_order import SellerOrder
from orders.domain.shipment import Shipment, ShipmentState
from orders.domain.unit_records import must_be_held_by, must_keep_battery_floor
from orders.domain.units import ShippedLine, check_units
from orders.use_cases.follow_parcel import follow_parcel
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

    Where the buyer's card is charged at dispatch, the parcel is only announced: payments charges the card and answers.

    Raises SellerOrderNotFound, SellerOrderMoveRefused, VatNotCleared, CarrierNotAccepted, what `check_units` raises,
    ParcelAlreadyKnown, UnitHeldElsewhere, BatteryBelowFloor or SerialAlreadyShipped.
    """
    order, part = await lock_seller_order(uow, command.seller_order_id, command.seller_id)
    waits = order.capture == CAPTURE_AT_DISPATCH
    # A parcel that was withdrawn keeps its id, so the next one gets another.
    shipment_id = derived_id(part.id, f"shipment/{part.version}" if waits else "shipment")
    moved = part.announce(shipment_id, at=now) if waits else part.ship(shipment_id, at=now)
    rules = uow.rules.of_version(order.policy_version)
    carrier, tracking_number = normal_parcel(command.carrier, command.tracking_number)
    rules.must_use_carrier(carrier, part.delivery_country)
    lines = check_units(part.lines, command.lines)
    units = [unit for line in lines for unit in line.units]
    records = await uow.units.with_numbers([unit.number for unit in units])
    must_be_held_by(part.seller_id, records)
    must_keep_battery_floor(rules, part.seller_id, part.lines, lines, records)
    await uow.carrier_messages.take_turn(carrier, tracking_number)
    if await uow.shipments.find_parcel(carrier, tracking_number) is not None:
        raise ParcelAlreadyKnown(carrier=carrier, tracking_number=tracking_number)
    shipment = _shipment(shipment_id, part, carrier, tracking_number, lines, None if waits else now)
    await uow.shipments.add(shipment)
    taken = await uow.shipments.claim_units(shipment.id, units)
    if taken:
        raise SerialAlreadyShipped(units=list(taken))
    if waits:
        uow.publish(shipment.announced(part.totals.gross, part.currency))
        await keep_seller_order(uow, part, moved, "announce", "seller", now)
        return shipment.id
    uow.publish(shipment.dispatched(part.vat_by_line))
    await keep_seller_order(uow, part, moved, "ship", "seller", now)
    await follow_parcel(order, shipment, uow, now)
    return shipment.id


def normal_parcel(carrier: str, tracking_number: str) -> tuple[str, str]:
    """How a parcel is written here, so that seller and carrier mean the same one."""
    return carrier.strip().lower(), "".join(tracking_number.split()).upper()


def _shipment(
    id: Id,
    part: SellerOrder,
    carrier: str,
    tracking_number: str,
    lines: tuple[ShippedLine, ...],
    left_at: datetime | None,
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
        state=ShipmentState.DISPATCHED if left_at else ShipmentState.ANNOUNCED,
        dispatched_at=left_at,
    )
