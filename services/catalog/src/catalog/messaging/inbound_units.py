"""What passports follow: parcels that leave, and cases of devices that come back."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from catalog.use_cases.follow_case import FollowCase, Step, follow_case
from catalog.use_cases.note_brought_back import NoteBroughtBack, note_brought_back
from catalog.use_cases.note_shipped import NoteShipped, note_shipped
from chassis.db.executor import Work
from chassis.kafka.envelope import Message
from chassis.kernel.ids import Id

_STEPS: Mapping[str, Step] = {
    "aftersales.case.opened.v1": "opened",
    "aftersales.case.received.v1": "received",
    # Nothing was wrong, or nothing that the warranty covers: the device goes back to its buyer.
    "aftersales.case.closed.v1": "sent_back",
    "aftersales.case.rejected.v1": "sent_back",
    "aftersales.case.refund_due.v1": "given_back",
}


def on_shipment(message: Message) -> Work[Any, Any] | None:
    """A parcel left, or came back unopened."""
    if message.type not in ("orders.shipment.dispatched.v1", "orders.shipment.returned.v1"):
        return None
    seller_id = Id(message.data["seller_id"])
    numbers = tuple(_number(unit) for line in message.data["lines"] for unit in line["units"])
    if message.type == "orders.shipment.returned.v1":
        return partial(note_brought_back, NoteBroughtBack(seller_id, numbers))
    return partial(note_shipped, NoteShipped(seller_id, numbers))


def on_case(message: Message) -> Work[Any, Any] | None:
    """A device that came back goes through its case."""
    data = message.data
    replacement = None
    if message.type == "aftersales.case.resolved.v1":
        replaced = data["remedy"] == "replacement"
        step: Step | None = "replaced" if replaced else "sent_back"
        replacement = _number(data["replacement_unit"]) if data.get("replacement_unit") else None
    else:
        step = _STEPS.get(message.type)
    if step is None:
        return None
    number = _number(data["unit"]) if step == "opened" and data.get("unit") else None
    command = FollowCase(message.aggregate_id, Id(data["seller_id"]), step, number, replacement)
    return partial(follow_case, command)


def _number(unit: Mapping[str, Any]) -> str:
    return str(unit.get("imei") or unit.get("serial") or "")
