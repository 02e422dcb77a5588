"""How sellers serve their orders, from what orders and aftersales tell: shipped in time, and what came back."""

from datetime import datetime
from functools import partial
from typing import Any

from catalog.use_cases.note_service import NoteService, note_service
from catalog.use_cases.ports_buy_box import ServiceNote
from chassis.db.executor import Work
from chassis.kafka.envelope import Message
from chassis.kernel.ids import Id

_CLAIMS = {
    "aftersales.case.opened.v1": 1,
    # The buyer took the claim back or never sent the device, the seller refused it, or nothing was wrong.
    "aftersales.case.withdrawn.v1": -1,
    "aftersales.case.expired.v1": -1,
    "aftersales.case.rejected.v1": -1,
    "aftersales.case.closed.v1": -1,
}
# It was asked for another address, and ships nothing until it has answered.
_TIME_BEGUN_ANEW = ("orders.seller_order.address_changed.v1", "orders.seller_order.address_change_refused.v1")


def on_seller_order(message: Message) -> Work[Any, Any] | None:
    """A seller has until then to ship, or has shipped, or need not ship any more.

    What it gave up itself stays late, and so does what its buyer no longer waited for, unless its market excuses the delay.
    """
    if message.type == "orders.seller_order.ready_to_ship.v1":
        seller_id, ship_by = Id(message.data["seller_id"]), datetime.fromisoformat(message.data["ship_by"])
        return _noted(message, seller_id=seller_id, ship_by=ship_by)
    if message.type in _TIME_BEGUN_ANEW and message.data["ship_by"]:
        return _noted(message, ship_by=datetime.fromisoformat(message.data["ship_by"]))
    if message.type == "orders.seller_order.shipped.v1":
        return _noted(message, shipped_at=message.occurred_at)
    if message.type == "orders.seller_order.delay_announced.v1" and message.data["excused"]:
        return _noted(message, excused=True)
    if message.type == "orders.seller_order.cancelled.v1" and message.data.get("by") == "buyer":
        return _noted(message, excused=True) if message.data["reason"] != "late_shipment" else None
    return None


def on_claim(message: Message) -> Work[Any, Any] | None:
    """A claim that counts against a seller, or counts no more."""
    claims = _CLAIMS.get(message.type)
    return None if claims is None else _noted(message, claims=claims)


def _noted(message: Message, **told: Any) -> Work[Any, Any]:
    return partial(note_service, NoteService(ServiceNote(Id(message.data["seller_order_id"]), **told)))
