"""Facts become deliveries once; deliveries end once."""

from datetime import timedelta

import pytest

from chassis.kernel.ids import new_id
from chassis.testing.clock import START
from gateway.domain.delivery import DeliveryEnded, DeliveryFailed, DeliveryPrepared, DeliverySent, FailureReason
from gateway.messaging.inbound import handlers
from gateway.tests.builders import BUYER, MemoryGateway, a_message
from gateway.use_cases.mark_failed import MarkFailed, mark_failed
from gateway.use_cases.mark_sent import MarkSent, mark_sent
from gateway.use_cases.prepare_deliveries import ERRAND


async def handle(uow: MemoryGateway, topic: str, name: str, event_id: object = None) -> None:
    work = handlers()[topic](a_message(topic, name, event_id=event_id))  # type: ignore[arg-type]
    assert work is not None
    await work(uow, START)


async def test_each_reader_of_a_fact_gets_a_delivery_and_an_errand() -> None:
    uow = MemoryGateway()
    await handle(uow, "payments.invoice", "issued")
    assert len(uow.deliveries.rows) == 2
    assert {(kind, key) for kind, key in uow.timers.open} == {(ERRAND, id) for id in uow.deliveries.rows}
    assert {event.aggregate_id for event in uow.published(DeliveryPrepared)} == set(uow.deliveries.rows)


async def test_a_repeated_fact_makes_no_second_mail() -> None:
    uow = MemoryGateway()
    event_id = new_id()
    await handle(uow, "orders.order", "secured", event_id)
    uow.timers.fire(START)
    await handle(uow, "orders.order", "secured", event_id)
    assert len(uow.deliveries.rows) == len(uow.events) == 1
    assert uow.timers.open == {}


async def test_two_facts_of_one_kind_are_two_mails() -> None:
    uow = MemoryGateway()
    for _ in range(2):
        await handle(uow, "orders.order", "payment_reminded")
    assert len(uow.deliveries.rows) == 2


async def test_a_delivery_is_marked_with_its_reader_and_the_time() -> None:
    uow = MemoryGateway()
    await handle(uow, "orders.order", "secured")
    (id,) = uow.deliveries.rows
    later = START + timedelta(seconds=3)
    delivery = await mark_sent(MarkSent(id, BUYER), uow, later)
    assert (delivery.company_id, delivery.ended_at) == (BUYER, later)
    (event,) = uow.published(DeliverySent)
    assert event.company_id == BUYER
    with pytest.raises(DeliveryEnded):
        await mark_sent(MarkSent(id, BUYER), uow, later)


async def test_a_given_up_delivery_keeps_its_reason() -> None:
    uow = MemoryGateway()
    await handle(uow, "orders.order", "secured")
    (id,) = uow.deliveries.rows
    delivery = await mark_failed(MarkFailed(id, FailureReason.REFUSED), uow, START)
    assert delivery.reason is FailureReason.REFUSED
    (event,) = uow.published(DeliveryFailed)
    assert event.reason is FailureReason.REFUSED
