"""Parcels that do not arrive: failed attempts, further ones, returns, losses, and silence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chassis.kernel.ids import Id, new_id
from orders.domain import events
from orders.domain.delivery_terms import FailureReason
from orders.domain.errors import RedeliveryAskedAlready, ShipmentMoveRefused, ShipmentNotFound
from orders.domain.order import OrderState
from orders.domain.seller_order import SellerOrderState
from orders.domain.shipment import ShipmentState
from orders.use_cases.apply_carrier_message import ApplyCarrierMessage, apply_carrier_message
from orders.use_cases.ask_redelivery import AskRedelivery, ask_redelivery
from orders.use_cases.judge_silence import JudgeSilence, judge_silence
from orders.use_cases.move_parcel import SILENCE
from orders.use_cases.receive_carrier_message import ReceiveCarrierMessage, Scan, receive_carrier_message
from orders.use_cases.ship_seller_order import ShipSellerOrder, ship_seller_order
from services.orders.tests.builders import (
    BUYER,
    IMEIS,
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
HOUR = timedelta(hours=1)


class Story:
    """An order whose parcels have left, and what its carrier says of the first one."""

    def __init__(self, uow: MemoryOrdersUnitOfWork, order_id: Id, shipment_ids: Sequence[Id]) -> None:
        self.uow, self.order_id = uow, order_id
        self.shipment_id = shipment_ids[0]
        self._told = 0

    async def scan(
        self, status: str, at: datetime = LATER, reason: str | None = None, heard: datetime | None = None
    ) -> None:
        """The message comes at `heard`, at the instant of the scan unless it is late."""
        self._told += 1
        heard = heard or at
        command = ReceiveCarrierMessage(f"evt_{self._told}", "{}", Scan("dhl", "JD0001", status, at, reason))
        await receive_carrier_message(command, self.uow, heard)
        for message in list(self.uow.records.messages.values()):
            await apply_carrier_message(ApplyCarrierMessage(message.id), self.uow, heard)

    async def ask(self, buyer_id: Id = BUYER) -> None:
        await ask_redelivery(AskRedelivery(buyer_id, self.order_id, self.shipment_id), self.uow, LATER)

    @property
    def states(self) -> tuple[ShipmentState, SellerOrderState, OrderState]:
        shipment = self.uow.shipments.rows[self.shipment_id]
        part = self.uow.seller_orders.rows[shipment.seller_order_id]
        return shipment.state, part.state, self.uow.orders.rows[self.order_id].state


async def under_way(*sellers: Id) -> Story:
    order = an_order(OrderState.IN_FULFILMENT, secured_at=NOW)
    parts = [a_seller_order(order, SellerOrderState.TO_SHIP, seller_id=one) for one in sellers or (SELLER,)]
    uow = MemoryOrdersUnitOfWork(order, parts=parts)
    units = (two_units(), two_units("353879234252633", "862345678901238"))
    ids = [
        await ship_seller_order(ShipSellerOrder(part.seller_id, part.id, "DHL", f"JD000{n}", units[n - 1]), uow, NOW)
        for n, part in enumerate(parts, start=1)
    ]
    return Story(uow, order.id, ids)


async def test_a_failed_attempt_is_told_and_the_next_scan_takes_the_parcel_on() -> None:
    story = await under_way()
    await story.scan("delivery_failed", LATER, "nobody_there")
    assert story.states == (ShipmentState.DELIVERY_FAILED, SellerOrderState.DELIVERY_FAILED, OrderState.SHIPPED)
    (told,) = story.uow.published(events.ShipmentDeliveryFailed)
    assert (told.seq, told.reason, told.failed_attempts) == (2, "nobody_there", 1)
    await story.scan("in_transit", LATER + HOUR)
    assert story.states == (ShipmentState.DISPATCHED, SellerOrderState.SHIPPED, OrderState.SHIPPED)
    await story.scan("delivered", LATER + 2 * HOUR)
    assert story.states == (ShipmentState.DELIVERED, SellerOrderState.DELIVERED, OrderState.DELIVERED)


async def test_each_attempt_counts_once_however_often_it_is_told() -> None:
    story = await under_way()
    for _ in range(2):
        await story.scan("delivery_failed", LATER, "refused")
    await story.scan("delivery_failed", LATER + HOUR, "the dog bit me")
    shipment = story.uow.shipments.rows[story.shipment_id]
    assert (shipment.failed_attempts, shipment.failure) == (2, FailureReason.OTHER)
    # The seller order stood still already: one public event for each of its versions, and no version without one.
    assert len(story.uow.published(events.SellerOrderDeliveryFailed)) == 1
    assert len(story.uow.published(events.ShipmentDeliveryFailed)) == 2


async def test_a_scan_that_was_overtaken_changes_nothing() -> None:
    story = await under_way()
    await story.scan("in_transit", LATER + HOUR)
    await story.scan("delivery_failed", LATER, heard=LATER + 2 * HOUR)
    await story.scan("lost", LATER, heard=LATER + 2 * HOUR)
    assert story.states[0] is ShipmentState.DISPATCHED
    # Whatever was scanned after it: what was delivered was delivered.
    await story.scan("delivered", LATER, heard=LATER + 3 * HOUR)
    assert story.states[0] is ShipmentState.DELIVERED
    await story.scan("delivery_failed", LATER + 4 * HOUR)
    assert story.states[0] is ShipmentState.DELIVERED


async def test_another_attempt_is_asked_for_once_after_each_that_failed() -> None:
    story = await under_way()
    with pytest.raises(ShipmentMoveRefused):
        await story.ask()
    await story.scan("delivery_failed", LATER, "nobody_there")
    with pytest.raises(ShipmentNotFound):
        await story.ask(buyer_id=new_id())
    await story.ask()
    (told,) = story.uow.published(events.ShipmentRedeliveryAsked)
    assert (told.seq, told.seller_id) == (3, SELLER)
    with pytest.raises(RedeliveryAskedAlready):
        await story.ask()
    await story.scan("delivery_failed", LATER + HOUR, "nobody_there")
    await story.ask()
    assert len(story.uow.published(events.ShipmentRedeliveryAsked)) == 2


async def test_what_comes_back_ends_the_sale_and_its_devices_may_ship_again() -> None:
    story = await under_way()
    await story.scan("delivery_failed", LATER, "address_not_found")
    for n in (1, 2):
        await story.scan("returned", LATER + n * HOUR)
    assert story.states == (ShipmentState.RETURNED, SellerOrderState.RETURNED, OrderState.COMPLETED)
    (told,) = story.uow.published(events.ShipmentReturned)
    assert (told.seq, told.reason, told.lines) == (3, "address_not_found", two_units())
    assert story.uow.shipments.left == {}
    assert story.uow.timers.due(SILENCE, story.shipment_id) is None


async def test_a_refused_parcel_is_no_cancellation_unless_the_market_says_so() -> None:
    story = await under_way()
    await story.scan("delivery_failed", LATER, "refused")
    assert story.states[0] is ShipmentState.DELIVERY_FAILED

    story = await under_way()
    terms = replace(RULES.delivery_terms, refusal_cancels=True)
    story.uow.rules.rules = replace(RULES, delivery_terms=terms)
    await story.scan("delivery_failed", LATER, "nobody_there")
    assert story.states[0] is ShipmentState.DELIVERY_FAILED
    await story.scan("delivery_failed", LATER + HOUR, "refused")
    assert story.states[0] is ShipmentState.RETURNED
    # It does come back in the end, and nobody is paid a second time.
    await story.scan("returned", LATER + 2 * HOUR)
    (told,) = story.uow.published(events.ShipmentReturned)
    assert told.reason == "refused"


async def test_a_lost_parcel_ends_its_part_and_the_other_one_goes_on() -> None:
    story = await under_way(SELLER, OTHER_SELLER)
    await story.scan("lost")
    assert story.states == (ShipmentState.LOST, SellerOrderState.LOST, OrderState.SHIPPED)
    (told,) = story.uow.published(events.ShipmentLost)
    assert (told.reason, told.lines) == ("carrier", two_units())
    # Who finds the devices has no right to sell them again.
    assert set(IMEIS[:2]) <= set(story.uow.shipments.left)


async def test_a_parcel_that_turns_up_after_its_end_is_noted_for_somebody_to_look_at() -> None:
    story = await under_way()
    await story.scan("lost")
    await story.scan("delivered", LATER + HOUR)
    assert story.states[0] is ShipmentState.LOST
    assert story.uow.moves()[-1] == "delivery_after_the_end_ignored"


async def test_silence_of_a_carrier_that_never_scanned_counts_as_delivered() -> None:
    story = await under_way()
    due = story.uow.timers.due(SILENCE, story.shipment_id)
    # Monday 23 November + 10 business days ends on Monday 7 December; Paris is at UTC+1.
    assert due == datetime(2026, 12, 7, 23, 0, tzinfo=UTC)
    await judge_silence(JudgeSilence(story.shipment_id), story.uow, due)
    assert story.states[0] is ShipmentState.DELIVERED


async def test_silence_after_a_scan_counts_as_lost_and_begins_anew_with_each() -> None:
    story = await under_way()
    await story.scan("in_transit", LATER)
    # Wednesday 25 November + 10 business days ends on Wednesday 9 December.
    due = datetime(2026, 12, 9, 23, 0, tzinfo=UTC)
    assert story.uow.timers.due(SILENCE, story.shipment_id) == due
    # A deadline that is older than the last scan asks again later.
    await judge_silence(JudgeSilence(story.shipment_id), story.uow, due - HOUR)
    assert story.states[0] is ShipmentState.DISPATCHED
    assert story.uow.timers.due(SILENCE, story.shipment_id) == due
    await judge_silence(JudgeSilence(story.shipment_id), story.uow, due)
    assert story.states == (ShipmentState.LOST, SellerOrderState.LOST, OrderState.COMPLETED)
    (told,) = story.uow.published(events.ShipmentLost)
    assert told.reason == "no_scan"
    await judge_silence(JudgeSilence(story.shipment_id), story.uow, due + HOUR)
    assert len(story.uow.published(events.ShipmentLost)) == 1


async def test_a_carriers_clock_that_is_ahead_does_not_put_off_the_end_of_silence() -> None:
    story = await under_way()
    await story.scan("in_transit", datetime(2031, 1, 1, tzinfo=UTC), heard=LATER)
    assert story.uow.timers.due(SILENCE, story.shipment_id) == datetime(2026, 12, 9, 23, 0, tzinfo=UTC)
