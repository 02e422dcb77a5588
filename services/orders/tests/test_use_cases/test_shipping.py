"""From the paid order to the last delivered parcel."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.kernel.ids import Id, new_id
from orders.domain import events
from orders.domain.errors import (
    CarrierNotAccepted,
    ParcelAlreadyKnown,
    SellerOrderMoveRefused,
    SellerOrderNotFound,
    SerialAlreadyShipped,
    VatNotCleared,
)
from orders.domain.order import CAPTURE_AT_DISPATCH, Order, OrderState
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.domain.shipment import ShipmentState
from orders.domain.units import ShippedLine
from orders.use_cases.accept_seller_order import AcceptSellerOrder, accept_seller_order
from orders.use_cases.apply_carrier_message import ApplyCarrierMessage, apply_carrier_message
from orders.use_cases.clear_vat import ClearVat, clear_vat
from orders.use_cases.complete_seller_order import CompleteSellerOrder, complete_seller_order
from orders.use_cases.deliver_shipment import DeliverShipment, deliver_shipment
from orders.use_cases.dispatch_shipment import DispatchShipment, dispatch_shipment
from orders.use_cases.receive_carrier_message import ReceiveCarrierMessage, Scan, receive_carrier_message
from orders.use_cases.ship_seller_order import ShipSellerOrder, ship_seller_order
from orders.use_cases.withdraw_shipment import WithdrawShipment, withdraw_shipment
from services.orders.tests.builders import (
    NOW,
    OTHER_SELLER,
    RULES,
    SELLER,
    MemoryOrdersUnitOfWork,
    a_seller_order,
    an_order,
    two_units,
)

LATER = NOW + timedelta(days=2)


def paid(*sellers: Id, **changes: object) -> tuple[Order, Sequence[SellerOrder], MemoryOrdersUnitOfWork]:
    order = an_order(OrderState.IN_FULFILMENT, secured_at=NOW)
    parts = [
        a_seller_order(order, SellerOrderState.TO_SHIP, seller_id=seller, **changes) for seller in sellers or (SELLER,)
    ]
    return order, parts, MemoryOrdersUnitOfWork(order, parts=parts)


def shipping(
    part: SellerOrder, lines: tuple[ShippedLine, ...] | None = None, tracking: str = "JD0001"
) -> ShipSellerOrder:
    return ShipSellerOrder(part.seller_id, part.id, "DHL", tracking, lines or two_units())


def delivered(tracking: str = "jd 0001", webhook_id: str = "evt_1", at: datetime = LATER) -> ReceiveCarrierMessage:
    return ReceiveCarrierMessage(webhook_id, "{}", Scan("dhl", tracking, "delivered", at))


async def test_a_shipment_names_every_unit_and_is_told_to_the_world() -> None:
    order, (part,), uow = paid()
    shipment_id = await ship_seller_order(shipping(part), uow, NOW)
    (told,) = uow.published(events.ShipmentDispatched)
    assert (told.aggregate_id, told.seq, told.carrier, told.tracking_number) == (shipment_id, 1, "dhl", "JD0001")
    assert told.lines == two_units()
    assert uow.seller_orders.rows[part.id].state is SellerOrderState.SHIPPED
    assert uow.orders.rows[order.id].state is OrderState.SHIPPED
    # Monday 23 November + 10 business days ends on Monday 7 December; Paris is at UTC+1.
    assert uow.timers.due("delivered_fallback", shipment_id) == datetime(2026, 12, 7, 23, 0, tzinfo=UTC)


async def test_an_order_of_two_sellers_is_partially_shipped_until_both_have() -> None:
    order, (first, second), uow = paid(SELLER, OTHER_SELLER)
    await ship_seller_order(shipping(first), uow, NOW)
    assert uow.orders.rows[order.id].state is OrderState.PARTIALLY_SHIPPED
    others = two_units("353879234252633", "862345678901238")
    await ship_seller_order(shipping(second, others, "JD0002"), uow, NOW)
    assert uow.orders.rows[order.id].state is OrderState.SHIPPED


async def test_another_sellers_order_is_not_there() -> None:
    _, (part,), uow = paid()
    with pytest.raises(SellerOrderNotFound):
        await ship_seller_order(replace(shipping(part), seller_id=OTHER_SELLER), uow, NOW)


async def test_an_unpaid_order_cannot_be_shipped() -> None:
    order = an_order()
    part = a_seller_order(order)
    with pytest.raises(SellerOrderMoveRefused):
        await ship_seller_order(shipping(part), MemoryOrdersUnitOfWork(order, parts=[part]), NOW)


async def test_a_device_ships_once() -> None:
    _, (first, second), uow = paid(SELLER, OTHER_SELLER)
    await ship_seller_order(shipping(first), uow, NOW)
    with pytest.raises(SerialAlreadyShipped) as refused:
        await ship_seller_order(shipping(second, tracking="JD0002"), uow, NOW)
    assert sorted(refused.value.facts["units"]) == ["356938035643809", "490154203237518"]


async def test_a_tracking_number_belongs_to_one_parcel() -> None:
    _, (first, second), uow = paid(SELLER, OTHER_SELLER)
    await ship_seller_order(shipping(first), uow, NOW)
    with pytest.raises(ParcelAlreadyKnown):
        await ship_seller_order(shipping(second), uow, NOW)


async def test_a_carrier_the_market_does_not_use_is_refused() -> None:
    _, (part,), uow = paid()
    uow.rules.rules = replace(RULES, carriers=("ups",))
    with pytest.raises(CarrierNotAccepted):
        await ship_seller_order(shipping(part), uow, NOW)


async def test_goods_wait_for_their_vat_until_the_wait_is_over() -> None:
    _, (part,), uow = paid(vat_hold_reason="buyer_vat_unchecked")
    with pytest.raises(VatNotCleared):
        await ship_seller_order(shipping(part), uow, NOW)
    await clear_vat(ClearVat(part.id), uow, NOW)
    await clear_vat(ClearVat(part.id), uow, NOW)
    assert len(uow.published(events.SellerOrderVatCleared)) == 1
    await ship_seller_order(shipping(part), uow, NOW)


async def test_a_delivery_arrives_once_however_often_it_is_told() -> None:
    order, (part,), uow = paid()
    shipment_id = await ship_seller_order(shipping(part), uow, NOW)
    for webhook_id in ("evt_1", "evt_1", "evt_2"):
        await receive_carrier_message(delivered(webhook_id=webhook_id), uow, LATER)
    assert len(uow.records.messages) == 2
    for kind, key, _ in uow.timers.fire(LATER):
        assert kind == "carrier_message"
        await apply_carrier_message(ApplyCarrierMessage(key), uow, LATER)
    (told,) = uow.published(events.ShipmentDelivered)
    assert (told.aggregate_id, told.seq, told.delivered_at) == (shipment_id, 2, LATER)
    assert uow.orders.rows[order.id].state is OrderState.DELIVERED
    assert uow.timers.due("delivered_fallback", shipment_id) is None


async def test_a_scan_that_comes_before_the_seller_told_of_the_parcel_is_applied_when_it_does() -> None:
    order, (part,), uow = paid()
    await receive_carrier_message(delivered(at=NOW), uow, NOW)
    (message,) = uow.records.messages.values()
    await apply_carrier_message(ApplyCarrierMessage(message.id), uow, NOW)
    assert uow.records.messages[message.id].state == "unmatched"
    shipment_id = await ship_seller_order(shipping(part), uow, NOW)
    assert uow.records.messages[message.id].shipment_id == shipment_id
    assert uow.orders.rows[order.id].state is OrderState.DELIVERED


async def test_other_scans_change_nothing() -> None:
    order, (part,), uow = paid()
    await ship_seller_order(shipping(part), uow, NOW)
    scan = ReceiveCarrierMessage("evt_9", "{}", Scan("dhl", "JD0001", "in_transit", NOW))
    await receive_carrier_message(scan, uow, NOW)
    (message,) = uow.records.messages.values()
    await apply_carrier_message(ApplyCarrierMessage(message.id), uow, NOW)
    assert uow.orders.rows[order.id].state is OrderState.SHIPPED
    assert uow.records.messages[message.id].state == "matched"


async def test_a_genuine_message_that_cannot_be_read_is_kept() -> None:
    uow = MemoryOrdersUnitOfWork()
    await receive_carrier_message(ReceiveCarrierMessage("evt_1", "{}", None), uow, NOW)
    assert [message.state for message in uow.records.messages.values()] == ["unreadable"]
    assert not uow.timers.open


async def test_no_news_for_long_enough_counts_as_delivered() -> None:
    order, (part,), uow = paid()
    shipment_id = await ship_seller_order(shipping(part), uow, NOW)
    await deliver_shipment(DeliverShipment(shipment_id), uow, LATER)
    assert uow.orders.rows[order.id].state is OrderState.DELIVERED
    assert uow.records.entries[-2].actor == "timer"


async def test_the_end_of_the_claim_window_completes_the_order() -> None:
    order, (part,), uow = paid()
    shipment_id = await ship_seller_order(shipping(part), uow, NOW)
    await complete_seller_order(CompleteSellerOrder(part.id), uow, NOW)
    assert uow.moves()[-1] == "claim_window_closed_ignored"
    await deliver_shipment(DeliverShipment(shipment_id, LATER), uow, LATER)
    await complete_seller_order(CompleteSellerOrder(part.id), uow, LATER)
    assert uow.orders.rows[order.id].state is OrderState.COMPLETED


async def test_a_seller_accepts_only_what_is_paid() -> None:
    order = an_order(OrderState.SECURED)
    waiting = a_seller_order(order, SellerOrderState.AWAITING_ACCEPTANCE)
    unpaid = a_seller_order(an_order())
    uow = MemoryOrdersUnitOfWork(order, an_order(id=unpaid.order_id), parts=[waiting, unpaid])
    await accept_seller_order(AcceptSellerOrder(SELLER, waiting.id), uow, NOW)
    assert uow.orders.rows[order.id].state is OrderState.IN_FULFILMENT
    with pytest.raises(SellerOrderMoveRefused):
        await accept_seller_order(AcceptSellerOrder(SELLER, unpaid.id), uow, NOW)
    with pytest.raises(SellerOrderNotFound):
        await accept_seller_order(AcceptSellerOrder(SELLER, new_id()), uow, NOW)


def reserved() -> tuple[Order, SellerOrder, MemoryOrdersUnitOfWork]:
    """A card is authorised for the order, and charged when its parts leave."""
    order = an_order(OrderState.IN_FULFILMENT, secured_at=NOW, capture=CAPTURE_AT_DISPATCH)
    part = a_seller_order(order, SellerOrderState.TO_SHIP)
    return order, part, MemoryOrdersUnitOfWork(order, parts=[part])


async def test_a_parcel_waits_until_the_card_is_charged() -> None:
    order, part, uow = reserved()
    shipment_id = await ship_seller_order(shipping(part), uow, NOW)
    (told,) = uow.published(events.ShipmentAnnounced)
    assert (told.aggregate_id, told.seq, told.amount, told.currency) == (shipment_id, 1, part.totals.gross, "EUR")
    assert uow.published(events.ShipmentDispatched) == []
    assert uow.seller_orders.rows[part.id].state is SellerOrderState.ANNOUNCED
    assert uow.orders.rows[order.id].state is OrderState.IN_FULFILMENT

    await dispatch_shipment(DispatchShipment(shipment_id), uow, LATER)
    (left,) = uow.published(events.ShipmentDispatched)
    assert (left.seq, left.dispatched_at) == (2, LATER)
    assert uow.seller_orders.rows[part.id].state is SellerOrderState.SHIPPED
    assert uow.orders.rows[order.id].state is OrderState.SHIPPED
    await dispatch_shipment(DispatchShipment(shipment_id), uow, LATER)
    assert len(uow.published(events.ShipmentDispatched)) == 1


async def test_a_card_that_cannot_be_charged_keeps_the_parcel_and_frees_its_devices() -> None:
    _, part, uow = reserved()
    refused = await ship_seller_order(shipping(part), uow, NOW)
    await withdraw_shipment(WithdrawShipment(refused, "declined"), uow, NOW)
    assert uow.shipments.rows[refused].state is ShipmentState.WITHDRAWN
    assert uow.seller_orders.rows[part.id].state is SellerOrderState.TO_SHIP
    (told,) = uow.published(events.SellerOrderShipmentWithdrawn)
    assert (told.shipment_id, told.reason) == (refused, "declined")
    # The same label and the same devices, in a parcel of its own.
    again = await ship_seller_order(shipping(part), uow, LATER)
    assert again != refused
    await withdraw_shipment(WithdrawShipment(refused, "declined"), uow, LATER)
    assert uow.seller_orders.rows[part.id].state is SellerOrderState.ANNOUNCED


async def test_devices_in_a_parcel_that_waits_are_in_no_other_one() -> None:
    _, part, uow = reserved()
    await ship_seller_order(shipping(part), uow, NOW)
    order, (other,), _ = paid(OTHER_SELLER)
    await uow.orders.add(order)
    await uow.seller_orders.add(other)
    with pytest.raises(SerialAlreadyShipped):
        await ship_seller_order(shipping(other, tracking="JD0002"), uow, NOW)


async def test_a_scan_of_a_parcel_that_waits_counts_once_it_has_left() -> None:
    _, part, uow = reserved()
    shipment_id = await ship_seller_order(shipping(part), uow, NOW)
    await receive_carrier_message(delivered(), uow, LATER)
    (message,) = uow.records.messages.values()
    await apply_carrier_message(ApplyCarrierMessage(message.id), uow, LATER)
    assert uow.shipments.rows[shipment_id].state is ShipmentState.ANNOUNCED
    await dispatch_shipment(DispatchShipment(shipment_id), uow, LATER)
    assert uow.shipments.rows[shipment_id].state is ShipmentState.DELIVERED
