"""What the catalogue tells: the one place where a public shape is made."""

from typing import Any

from catalog.domain.events import (
    ProductConfirmed,
    ProductCorrected,
    ProductDescribed,
    ProductMerged,
    PushedLine,
    ReservationConsumed,
    ReservationHeld,
    ReservationRefused,
    ReservationReleased,
    StockPushed,
)
from catalog.domain.product import ProductSpec
from catalog.domain.quote_events import QuoteEvent
from catalog.domain.reservation import HeldLine, RefusedLine
from catalog.domain.stock_import_events import ImportEvent
from catalog.domain.unit_events import UnitEvent
from catalog.messaging.outbound_imports import IMPORT, public_import
from catalog.messaging.outbound_quotes import quote_facts
from catalog.messaging.outbound_units import UNIT, public_unit
from chassis.db.outbox import PublicEvent
from chassis.kernel.audit_log import EntryRecorded, anchor
from chassis.kernel.events import DomainEvent
from chassis.kernel.money import Money

STOCK = "catalog.stock"
RESERVATION = "catalog.reservation"
AUDIT_LOG = "catalog.audit_log"
QUOTE = "catalog.quote"
PRODUCT = "catalog.product"
TOPICS = (STOCK, RESERVATION, QUOTE, PRODUCT, UNIT, IMPORT, AUDIT_LOG)


def outbound(event: DomainEvent) -> PublicEvent:
    """The public event of a fact."""
    id = str(event.aggregate_id)
    match event:
        case StockPushed():
            lines = [_pushed(line) for line in event.lines]
            return _public(STOCK, "pushed", event, {"seller_id": id, "push_id": str(event.push_id), "lines": lines})
        case ReservationHeld():
            shipping = [{"seller_id": str(seller), "fee": _money(fee)} for seller, fee in event.shipping]
            lines = [_held(line) for line in event.lines]
            return _reservation("held", event, {"lines": lines, "shipping": shipping})
        case ReservationRefused():
            lines = [_refused(line) for line in event.lines]
            return _reservation("refused", event, {"lines": lines, "reason": event.reason})
        case ReservationConsumed():
            return _reservation("consumed", event, {"secured_at": event.at.isoformat().replace("+00:00", "Z")})
        case ReservationReleased():
            return _reservation("released", event, {"reason": event.reason})
        case QuoteEvent():
            name, facts = quote_facts(event)
            return _public(QUOTE, name, event, {"quote_request_id": id, **facts})
        case ProductDescribed():
            return _product("described", event, _facts(event.spec))
        case ProductConfirmed():
            return _product("confirmed", event, {})
        case ProductCorrected():
            return _product("corrected", event, _facts(event.spec))
        case ProductMerged():
            return _product("merged", event, {"into": str(event.into)})
        case UnitEvent():
            return public_unit(event)
        case ImportEvent():
            return public_import(event)
        case EntryRecorded():
            return _public(AUDIT_LOG, "recorded", event, anchor(event))
        case _:
            raise TypeError(f"{type(event).__name__} has no public shape")


def _reservation(name: str, event: DomainEvent, data: dict[str, Any]) -> PublicEvent:
    # A reservation is named after its order.
    id = str(event.aggregate_id)
    return _public(RESERVATION, name, event, {"reservation_id": id, "order_id": id, **data})


def _product(name: str, event: DomainEvent, data: dict[str, Any]) -> PublicEvent:
    return _public(PRODUCT, name, event, {"product_id": str(event.aggregate_id), **data})


def _facts(spec: ProductSpec) -> dict[str, Any]:
    return {
        "title": spec.title,
        "brand": spec.brand,
        "model": spec.model,
        "category": str(spec.category),
        "storage": spec.storage,
        "ram": spec.ram,
        "color": spec.color,
        "launch_year": spec.launch_year,
        "gtin": spec.gtin,
        "mpn": spec.mpn,
        "attributes": dict(spec.attributes),
    }


def _public(topic: str, name: str, event: DomainEvent, data: dict[str, Any]) -> PublicEvent:
    return PublicEvent(
        topic=topic, type=f"{topic}.{name}.v1", aggregate_id=event.aggregate_id, seq=event.seq, data=data
    )


def _pushed(line: PushedLine) -> dict[str, Any]:
    return {
        "offer_id": str(line.offer_id),
        "sku": line.sku,
        "quantity": line.quantity,
        "available": line.available,
        "shortage": line.shortage,
        "price": _money(line.price),
        "state": str(line.state),
    }


def _held(line: HeldLine) -> dict[str, Any]:
    return {
        "line_no": line.line_no,
        "offer_id": str(line.offer_id),
        "seller_id": str(line.seller_id),
        "sku": line.sku,
        "title": line.title,
        "category": str(line.category),
        "grade": line.grade,
        "quantity": line.quantity,
        "unit_price": _money(line.unit_price),
        "vat_regime": line.vat_regime,
        "ship_from": line.ship_from,
        "warranty_months": line.warranty_months,
        "dispatch_business_days": line.dispatch_business_days,
        "ready_on": line.ready_on.isoformat() if line.ready_on else None,
        "options": [
            {"code": one.code, "kind": str(one.kind), "title": one.title, "price": _money(one.price)}
            for one in line.options
        ],
        "levies": [{"kind": str(levy.kind), "amount": _money(levy.amount)} for levy in line.levies],
    }


def _refused(line: RefusedLine) -> dict[str, Any]:
    return {
        "line_no": line.line_no,
        "offer_id": str(line.offer_id),
        "requested": line.requested,
        "available": line.available,
        "reason": line.reason,
        "held": line.held,
        "held_max": line.held_max,
    }


def _money(money: Money) -> dict[str, Any]:
    return {"amount": money.minor, "currency": money.currency}
