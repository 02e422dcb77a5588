"""The Kafka door: which messages become which commands, and that the rest is left alone."""

from typing import Any

import pytest

from aftersales.messaging.inbound import SELLER_ORDER, SHIPMENT, handlers
from aftersales.use_cases.note_seller_order import NoteSellerOrder, note_seller_order
from aftersales.use_cases.note_shipment import NoteShipment, note_shipment
from aftersales.use_cases.open_coverage import OpenCoverage, open_coverage
from chassis.kafka.envelope import Message
from chassis.kernel.ids import new_id
from services.aftersales.tests.builders import (
    DELIVERED,
    MARKET_FILES,
    SOLD,
    a_message,
    a_shipment,
    delivered,
    dispatched,
    opened,
)


def work_for(message: Message) -> Any:
    return handlers(MARKET_FILES)[message.topic](message)


def test_a_dispatch_is_noted_with_every_device_by_its_number() -> None:
    shipment = a_shipment()
    work = work_for(dispatched(shipment))
    assert (work.func, work.args) == (note_shipment, (NoteShipment(shipment),))


def test_a_delivery_opens_a_coverage() -> None:
    shipment = a_shipment()
    work = work_for(delivered(shipment))
    assert (work.func, work.args[0]) == (open_coverage, OpenCoverage(shipment.id, DELIVERED))


def test_an_opened_seller_order_is_noted_even_where_it_says_nothing_about_warranty() -> None:
    shipment = a_shipment()
    work = work_for(opened(shipment))
    assert (work.func, work.args[0]) == (note_seller_order, NoteSellerOrder(shipment.seller_order_id, SOLD))


@pytest.mark.parametrize(
    ("topic", "what"), [(SELLER_ORDER, "shipped"), (SELLER_ORDER, "completed"), (SHIPMENT, "returned")]
)
def test_other_facts_are_of_no_interest(topic: str, what: str) -> None:
    assert work_for(a_message(topic, what, new_id(), 3, {})) is None
