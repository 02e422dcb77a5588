"""What parcels are held to, read from the topics of passports and cases."""

from typing import Any

import pytest

from chassis.kafka.envelope import Message
from chassis.kernel.ids import Id, new_id
from orders.domain.unit_records import UnitRecord
from orders.messaging.inbound_units import on_case, on_unit
from orders.use_cases.follow_returned_unit import FollowReturnedUnit
from orders.use_cases.note_unit import NoteUnit
from orders.use_cases.ports_units import CaseUnit
from services.orders.tests.builders import NOW, SELLER

UNIT, CASE, SHIPMENT = new_id(), new_id(), new_id()


def told(topic: str, name: str, aggregate_id: Id, seq: int = 1, **data: Any) -> Message:
    return Message(topic, 0, 0, new_id(), f"{topic}.{name}.v1", aggregate_id, seq, NOW, data, {}, b"")


def command_of(work: Any) -> Any:
    return work.args[0]


@pytest.mark.parametrize(
    ("unit", "number"), [({"imei": "490154203237518"}, "490154203237518"), ({"serial": "sn-1"}, "SN-1")]
)
def test_a_passport_is_kept_as_its_latest_fact_tells_it(unit: dict[str, str], number: str) -> None:
    data = {
        "unit_id": str(UNIT),
        "unit": unit,
        "seller_id": str(SELLER),
        "battery_health_percent": 88,
        "state": "shipped",
    }
    work = on_unit(told("catalog.unit", "shipped", UNIT, 3, **data))
    assert command_of(work) == NoteUnit(UnitRecord(UNIT, number, SELLER, 88, "shipped"), 3)


@pytest.mark.parametrize(
    ("name", "data", "command"),
    [
        (
            "opened",
            {"unit": {"serial": "sn-1"}, "shipment_id": str(SHIPMENT)},
            FollowReturnedUnit(CASE, "opened", CaseUnit(CASE, "SN-1", SHIPMENT)),
        ),
        ("refund_due", {}, FollowReturnedUnit(CASE, "refund_due")),
        (
            "resolved",
            {"remedy": "replacement", "replacement_unit": {"serial": "sn-2"}},
            FollowReturnedUnit(CASE, "replaced", replacement="SN-2"),
        ),
    ],
)
def test_a_case_frees_the_number_of_what_came_back_for_good(
    name: str, data: dict[str, Any], command: FollowReturnedUnit
) -> None:
    assert command_of(on_case(told("aftersales.case", name, CASE, **data))) == command


@pytest.mark.parametrize(("name", "data"), [("resolved", {"remedy": "repair"}), ("received", {}), ("rejected", {})])
def test_what_goes_back_to_its_buyer_frees_nothing(name: str, data: dict[str, Any]) -> None:
    assert on_case(told("aftersales.case", name, CASE, **data)) is None
