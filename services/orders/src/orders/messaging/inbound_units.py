"""What the catalogue and the cases say about single devices."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from chassis.db.executor import Work
from chassis.kafka.envelope import Message
from chassis.kernel.ids import Id
from orders.domain.unit_records import UnitRecord
from orders.use_cases.follow_returned_unit import FollowReturnedUnit, follow_returned_unit
from orders.use_cases.note_unit import NoteUnit, note_unit
from orders.use_cases.ports_units import CaseUnit

Handled = Work[Any, Any] | None


def on_unit(message: Message) -> Handled:
    """A passport after any of its facts: each tells all that parcels need."""
    data = message.data
    record = UnitRecord(
        unit_id=Id(data["unit_id"]),
        number=_number(data["unit"]),
        seller_id=Id(data["seller_id"]),
        battery_health_percent=data.get("battery_health_percent"),
        state=data["state"],
    )
    return partial(note_unit, NoteUnit(record, message.seq))


def on_case(message: Message) -> Handled:
    """A device that came back: for good, or to be repaired."""
    case_id, data = message.aggregate_id, message.data
    match message.type:
        case "aftersales.case.opened.v1":
            unit = CaseUnit(case_id, _number(data["unit"]), Id(data["shipment_id"]))
            return partial(follow_returned_unit, FollowReturnedUnit(case_id, "opened", unit))
        case "aftersales.case.refund_due.v1":
            return partial(follow_returned_unit, FollowReturnedUnit(case_id, "refund_due"))
        case "aftersales.case.resolved.v1" if data["remedy"] == "replacement":
            replacement = _number(data["replacement_unit"]) if data.get("replacement_unit") else None
            return partial(follow_returned_unit, FollowReturnedUnit(case_id, "replaced", replacement=replacement))
        case _:
            return None


def _number(unit: Mapping[str, Any]) -> str:
    return str(unit.get("imei") or unit.get("serial") or "").upper()
