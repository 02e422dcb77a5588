"""What aftersales reads: parcels that leave and arrive, what was promised for what is in them, and money that went back."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from aftersales.domain.shipment import Shipment, ShippedLine
from aftersales.domain.warranty import SoldLine
from aftersales.use_cases.note_refund import note_refund
from aftersales.use_cases.note_seller_order import NoteSellerOrder, note_seller_order
from aftersales.use_cases.note_shipment import NoteShipment, note_shipment
from aftersales.use_cases.open_coverage import OpenCoverage, open_coverage
from aftersales.use_cases.ports import Markets
from aftersales.use_cases.request_seller import request_seller
from chassis.db.executor import Work
from chassis.db.personal_data import EraseSubject, erase_personal_data
from chassis.kafka.envelope import Message
from chassis.kafka.inbox import InboundHandlers
from chassis.kernel.ids import Id

SHIPMENT = "orders.shipment"
SELLER_ORDER = "orders.seller_order"
REFUND = "payments.refund"
SELLER = "accounts.seller"
ERASURE = "accounts.erasure"


@dataclass(frozen=True)
class Dispatched:
    """`orders.shipment.dispatched`, as far as it matters here."""

    shipment: Shipment

    @classmethod
    def of(cls, message: Message) -> "Dispatched":
        """From the message."""
        data = message.data
        lines = tuple(
            ShippedLine(int(line["line_no"]), tuple(unit.get("imei") or unit["serial"] for unit in line["units"]))
            for line in data["lines"]
        )
        return cls(
            Shipment(
                id=Id(data["shipment_id"]),
                seller_order_id=Id(data["seller_order_id"]),
                order_id=Id(data["order_id"]),
                seller_id=Id(data["seller_id"]),
                buyer_id=Id(data["buyer_id"]),
                market=data["market"],
                policy_version=data["policy_version"],
                delivery_country=data["delivery_country"],
                lines=lines,
            )
        )


@dataclass(frozen=True)
class Delivered:
    """`orders.shipment.delivered`, as far as it matters here."""

    shipment_id: Id
    delivered_at: datetime

    @classmethod
    def of(cls, message: Message) -> "Delivered":
        """From the message."""
        return cls(Id(message.data["shipment_id"]), datetime.fromisoformat(message.data["delivered_at"]))


@dataclass(frozen=True)
class Opened:
    """`orders.seller_order.opened`, as far as it matters here."""

    seller_order_id: Id
    lines: tuple[SoldLine, ...]

    @classmethod
    def of(cls, message: Message) -> "Opened":
        """From the message."""
        lines = tuple(
            SoldLine(
                int(line["line_no"]),
                _whole(line.get("warranty_months")),
                line.get("ship_from"),
                line.get("category"),
                line.get("grade"),
            )
            for line in message.data["lines"]
        )
        return cls(Id(message.data["seller_order_id"]), lines)


def handlers(markets: Markets) -> InboundHandlers[Any]:
    """Topic → use case. A parcel's facts share one key, so that it never arrives before it has left."""
    return {
        SELLER_ORDER: partial(_seller_order, markets),
        SHIPMENT: partial(_shipment, markets),
        REFUND: _refund,
        SELLER: _seller,
        ERASURE: _erasure,
    }


def _seller_order(markets: Markets, message: Message) -> Work[Any, Any] | None:
    if message.type != f"{SELLER_ORDER}.opened.v1":
        return None
    opened = Opened.of(message)
    return partial(note_seller_order, NoteSellerOrder(opened.seller_order_id, opened.lines), markets)


def _shipment(markets: Markets, message: Message) -> Work[Any, Any] | None:
    if message.type == f"{SHIPMENT}.dispatched.v1":
        return partial(note_shipment, NoteShipment(Dispatched.of(message).shipment))
    if message.type == f"{SHIPMENT}.delivered.v1":
        delivered = Delivered.of(message)
        return partial(open_coverage, OpenCoverage(delivered.shipment_id, delivered.delivered_at), markets)
    return None


def _refund(message: Message) -> Work[Any, Any] | None:
    # Most refunds are of no case; of a case paid back by several means only the last one completes it.
    if message.type != f"{REFUND}.settled.v1" or not message.data["completes_case"]:
        return None
    case_id = message.data["case_id"]
    return partial(note_refund, Id(case_id)) if case_id else None


def _seller(message: Message) -> Work[Any, Any]:
    # Whatever it is: no address is on a topic, so it is asked for.
    return partial(request_seller, message.aggregate_id)


def _erasure(message: Message) -> Work[Any, Any] | None:
    if message.type != f"{ERASURE}.requested.v1":
        return None
    return partial(erase_personal_data, EraseSubject.of(message.data))


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
