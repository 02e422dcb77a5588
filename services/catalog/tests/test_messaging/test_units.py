"""What passports follow, read from the topics of parcels and cases."""

from typing import Any

import pytest

from catalog.messaging.inbound_units import on_case, on_shipment
from catalog.use_cases.follow_case import FollowCase
from catalog.use_cases.note_brought_back import NoteBroughtBack
from catalog.use_cases.note_shipped import NoteShipped
from chassis.kafka.envelope import Message
from chassis.kernel.ids import Id, new_id

from ..builders import NOW

SELLER, CASE = new_id(), new_id()


def told(topic: str, name: str, aggregate_id: Id, **data: Any) -> Message:
    return Message(topic, 0, 0, new_id(), f"{topic}.{name}.v1", aggregate_id, 1, NOW, data, {}, b"")


def command_of(work: Any) -> Any:
    return work.args[0]


def test_a_parcel_names_every_device_in_it() -> None:
    lines = [{"line_no": 1, "units": [{"imei": "490154203237518"}]}, {"line_no": 2, "units": [{"serial": "sn-1"}]}]
    work = on_shipment(told("orders.shipment", "dispatched", new_id(), seller_id=str(SELLER), lines=lines))
    assert command_of(work) == NoteShipped(SELLER, ("490154203237518", "sn-1"))
    work = on_shipment(told("orders.shipment", "returned", new_id(), seller_id=str(SELLER), lines=lines))
    assert command_of(work) == NoteBroughtBack(SELLER, ("490154203237518", "sn-1"))
    # The buyer's card is charged first: nothing has left yet.
    assert on_shipment(told("orders.shipment", "announced", new_id())) is None


@pytest.mark.parametrize(
    ("name", "data", "what", "number", "replacement"),
    [
        ("opened", {"unit": {"imei": "490154203237518"}}, "opened", "490154203237518", None),
        ("received", {}, "received", None, None),
        ("closed", {}, "sent_back", None, None),
        ("rejected", {}, "sent_back", None, None),
        ("resolved", {"remedy": "repair", "replacement_unit": None}, "sent_back", None, None),
        ("resolved", {"remedy": "replacement", "replacement_unit": {"serial": "SN-2"}}, "replaced", None, "SN-2"),
        ("refund_due", {"lines": []}, "given_back", None, None),
    ],
)
def test_a_case_says_where_its_device_goes(
    name: str, data: dict[str, Any], what: Any, number: str | None, replacement: str | None
) -> None:
    work = on_case(told("aftersales.case", name, CASE, seller_id=str(SELLER), **data))
    assert command_of(work) == FollowCase(CASE, SELLER, what, number, replacement)


@pytest.mark.parametrize("name", ["authorised", "sent", "withdrawn", "expired", "inspected", "refunded"])
def test_what_moves_no_device_is_passed_over(name: str) -> None:
    assert on_case(told("aftersales.case", name, CASE, seller_id=str(SELLER))) is None
