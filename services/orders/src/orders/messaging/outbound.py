"""Domain event → public event: the one place where the public shapes of orders are made."""

from datetime import UTC, datetime
from typing import Any

from chassis.db.outbox import PublicEvent
from chassis.kernel.audit_log import EntryRecorded, anchor
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from orders.domain import events
from orders.domain.money import Totals
from orders.domain.pricing import LineVat, RegimeSums, SoldLine
from orders.domain.reservation import RefusedLine
from orders.domain.units import ShippedLine, Unit

ORDER = "orders.order"
SELLER_ORDER = "orders.seller_order"
SHIPMENT = "orders.shipment"
AUDIT_LOG = "orders.audit_log"
TOPICS = (ORDER, SELLER_ORDER, SHIPMENT, AUDIT_LOG)


def outbound(event: DomainEvent) -> PublicEvent:
    """The public event; every domain event of this service has one."""
    topic, name, data = _shape(event)
    return PublicEvent(
        topic=topic, type=f"{topic}.{name}.v1", aggregate_id=event.aggregate_id, seq=event.seq, data=data
    )


def _shape(event: DomainEvent) -> tuple[str, str, dict[str, Any]]:
    order = {"order_id": str(event.aggregate_id)}
    match event:
        case EntryRecorded():
            return AUDIT_LOG, "recorded", anchor(event)
        case events.OrderPlaced():
            told = {**order, **_asked(event), "was_approved": event.was_approved, "placed_by": _id(event.placed_by)}
            told["trust_tier"] = event.trust_tier
            return ORDER, "placed", told
        case events.OrderSubmitted():
            return ORDER, "submitted", {**order, **_asked(event)}
        case events.OrderApprovalAwaited():
            return ORDER, "approval_awaited", {**order, **_awaited(event)}
        case events.OrderWithdrawn():
            return ORDER, "withdrawn", order
        case events.OrderRefused():
            return (
                ORDER,
                "refused",
                {
                    **order,
                    "reason": event.refusal.reason,
                    "lines": [_refused_line(line) for line in event.refusal.lines],
                    "placed_by": _id(event.placed_by),
                    "awaited_approval": event.awaited_approval,
                },
            )
        case events.OrderHeld():
            return ORDER, "held", {**order, **_held(event)}
        case events.OrderPurchaseOrderReady():
            return ORDER, "purchase_order_ready", {**order, "sha256": event.sha256}
        case events.OrderPartiallyPaid():
            return (
                ORDER,
                "partially_paid",
                {
                    **order,
                    "received": money(event.received, event.currency),
                    "missing": money(event.missing, event.currency),
                },
            )
        case events.OrderPaymentReminded():
            return (
                ORDER,
                "payment_reminded",
                {
                    **order,
                    "after_business_days": event.after_business_days,
                    "hold_until": instant(event.hold_until),
                    "missing": money(event.missing, event.currency),
                },
            )
        case events.OrderSecured():
            return (
                ORDER,
                "secured",
                {
                    **order,
                    "payment_id": str(event.payment_id),
                    "secured_at": instant(event.secured_at),
                    "capture": event.capture,
                },
            )
        case events.OrderExpiring():
            return ORDER, "expiring", order
        case events.OrderAutoCancelled():
            return ORDER, "auto_cancelled", order
        case events.OrderCancelled():
            return ORDER, "cancelled", {**order, "by": event.by}
        case events.OrderProgressed():
            return ORDER, event.reached, order
        case events.ShipmentAnnounced():
            amount = {"amount": event.amount, "currency": event.currency}
            return SHIPMENT, "announced", {**_parcel(event), "amount": amount}
        case events.ShipmentWithdrawn():
            return SHIPMENT, "withdrawn", {**_parcel(event), "reason": event.reason}
        case events.ShipmentDispatched():
            return SHIPMENT, "dispatched", _dispatched(event)
        case events.ShipmentDelivered():
            return (
                SHIPMENT,
                "delivered",
                {
                    "shipment_id": str(event.aggregate_id),
                    "seller_order_id": str(event.seller_order_id),
                    "order_id": str(event.order_id),
                    "delivered_at": instant(event.delivered_at),
                },
            )
        case events.TroubledShipment():
            name, data = _troubled(event)
            return SHIPMENT, name, data
        case _:
            name, data = _seller_order(event)
            return SELLER_ORDER, name, {"seller_order_id": str(event.aggregate_id), **data}


def _troubled(event: events.TroubledShipment) -> tuple[str, dict[str, Any]]:
    named = {**_parcel(event), "seller_id": str(event.seller_id), "buyer_id": str(event.buyer_id)}
    match event:
        case events.ShipmentDeliveryFailed():
            return "delivery_failed", {**named, "reason": event.reason, "failed_attempts": event.failed_attempts}
        case events.ShipmentRedeliveryAsked():
            return "redelivery_asked", {**named, "asked_at": instant(event.asked_at)}
        case events.ShipmentDeliveryResumed():
            return "delivery_resumed", named
        case events.ShipmentReturned() | events.ShipmentLost():
            name = "returned" if isinstance(event, events.ShipmentReturned) else "lost"
            return name, {**named, "reason": event.reason, "lines": [_shipped_line(line) for line in event.lines]}
        case _:
            raise AssertionError(f"{type(event).__name__} has no public shape")


def _seller_order(event: DomainEvent) -> tuple[str, dict[str, Any]]:
    match event:
        case events.SellerOrderOpened():
            return "opened", _opened(event)
        case events.SellerOrderAcceptanceAwaited():
            return "acceptance_awaited", {
                "order_id": str(event.order_id),
                "seller_id": str(event.seller_id),
                "accept_by": instant(event.accept_by),
            }
        case events.SellerOrderReadyToShip():
            return "ready_to_ship", {
                "order_id": str(event.order_id),
                "seller_id": str(event.seller_id),
                "buyer_id": str(event.buyer_id),
                "number": event.number,
                "ship_by": instant(event.ship_by),
            }
        case events.SellerOrderVatCleared():
            return "vat_cleared", {"order_id": str(event.order_id)}
        case events.SellerOrderShipmentAnnounced():
            return "shipment_announced", {"order_id": str(event.order_id), "shipment_id": str(event.shipment_id)}
        case events.SellerOrderShipmentWithdrawn():
            about = {"order_id": str(event.order_id), "shipment_id": str(event.shipment_id)}
            return "shipment_withdrawn", {**about, "reason": event.reason}
        case events.SellerOrderShipped():
            about = {"order_id": str(event.order_id), "shipment_id": str(event.shipment_id)}
            return "shipped", {**about, "declined_cancellation": event.declined_cancellation}
        case events.SellerOrderNews():
            return _news(event)
        case events.SellerOrderDelivered():
            return "delivered", {"order_id": str(event.order_id), "delivered_at": instant(event.delivered_at)}
        case events.SellerOrderAddressChangeAsked():
            return "address_change_asked", {
                "order_id": str(event.order_id),
                "seller_id": str(event.seller_id),
                "answer_by": instant(event.answer_by),
            }
        case events.SellerOrderAddressChanged():
            return "address_changed", {
                "order_id": str(event.order_id),
                "buyer_id": str(event.buyer_id),
                "delivery_country": event.delivery_country,
                "was_asked": event.was_asked,
                "ship_by": instant(event.ship_by) if event.ship_by else None,
            }
        case events.SellerOrderAddressChangeRefused():
            return "address_change_refused", {
                "order_id": str(event.order_id),
                "buyer_id": str(event.buyer_id),
                "reason": event.reason,
                "ship_by": instant(event.ship_by),
            }
        case events.SellerOrderDeliveryFailed():
            about = {"order_id": str(event.order_id), "shipment_id": str(event.shipment_id)}
            return "delivery_failed", {**about, "reason": event.reason}
        case events.SellerOrderDeliveryResumed():
            return "delivery_resumed", {"order_id": str(event.order_id), "shipment_id": str(event.shipment_id)}
        case events.SellerOrderReturned():
            return "returned", {"order_id": str(event.order_id), "shipment_id": str(event.shipment_id)}
        case events.SellerOrderLost():
            return "lost", {"order_id": str(event.order_id), "shipment_id": str(event.shipment_id)}
        case events.SellerOrderCancelled():
            return "cancelled", _not_delivered(event)
        case events.SellerOrderCompleted():
            return "completed", {"order_id": str(event.order_id)}
        case _:
            raise AssertionError(f"{type(event).__name__} has no public shape")


def _news(event: events.SellerOrderNews) -> tuple[str, dict[str, Any]]:
    named = {
        "order_id": str(event.order_id),
        "number": event.number,
        "seller_id": str(event.seller_id),
        "buyer_id": str(event.buyer_id),
    }
    match event:
        case events.SellerOrderCancellationAsked():
            return "cancellation_asked", {**named, "answer_by": instant(event.answer_by)}
        case events.SellerOrderCancellationDeclined():
            return "cancellation_declined", {**named, "reason": event.reason}
        case events.SellerOrderDelayAnnounced():
            told = {"reason": event.reason, "expected_on": event.expected_on.isoformat(), "excused": event.excused}
            return "delay_announced", {**named, **told}
        case events.SellerOrderLate():
            until = instant(event.buyer_may_cancel_from)
            return "late", {**named, "ship_by": instant(event.ship_by), "buyer_may_cancel_from": until}
        case _:
            raise AssertionError(f"{type(event).__name__} has no public shape")


def money(minor: int, currency: str) -> dict[str, Any]:
    """An amount as JSON."""
    return {"amount": minor, "currency": currency}


def instant(at: datetime) -> str:
    """RFC 3339 in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _not_delivered(event: events.SellerOrderCancelled) -> dict[str, Any]:
    ended = event.ended
    return {
        "order_id": str(event.order_id),
        "reason": event.reason,
        "number": event.number,
        "seller_id": str(event.seller_id),
        "buyer_id": str(event.buyer_id),
        "offer_ids": [str(offer_id) for offer_id in event.offer_ids],
        "gross": money(event.gross, event.currency),
        "by": ended.by if ended else None,
        "secured_at": instant(ended.secured_at) if ended else None,
        "units_there": event.units_there,
    }


def _totals(totals: Totals, currency: str) -> dict[str, Any]:
    return {
        "net": money(totals.net, currency),
        "vat": money(totals.vat, currency),
        "rounding": money(totals.rounding, currency),
        "gross": money(totals.gross, currency),
    }


def _id(id: Id | None) -> str | None:
    return None if id is None else str(id)


def _awaited(event: events.OrderApprovalAwaited) -> dict[str, Any]:
    return {
        "number": event.number,
        "buyer_id": str(event.buyer_id),
        "step": event.step,
        "steps": event.steps,
        "asked_ids": [str(id) for id in event.asked_ids],
        "reasons": list(event.reasons),
        "gross": money(event.gross, event.currency),
        "lapses_at": instant(event.lapses_at),
    }


def _asked(event: events.OrderSubmitted) -> dict[str, Any]:
    return {
        "number": event.number,
        "buyer_id": str(event.buyer_id),
        "market": event.market,
        "price_country": event.price_country,
        "currency": event.currency,
        "award_id": _id(event.award_id),
        "delivery_country": event.delivery_country,
        "lines": [
            {
                "line_no": line.line_no,
                "offer_id": str(line.offer_id),
                "quantity": line.quantity,
                "unit_price": None if line.unit_price is None else money(line.unit_price, event.currency),
                "options": list(line.options),
            }
            for line in event.lines
        ],
    }


def _refused_line(line: RefusedLine) -> dict[str, Any]:
    return {
        "line_no": line.line_no,
        "offer_id": str(line.offer_id),
        "reason": line.reason,
        "requested": line.requested,
        "available": line.available,
    }


def _held(event: events.OrderHeld) -> dict[str, Any]:
    return {
        "number": event.number,
        "buyer_id": str(event.buyer_id),
        "market": event.market,
        "policy_version": event.policy_version,
        "currency": event.currency,
        "totals": _totals(event.totals, event.currency),
        "hold_until": instant(event.hold_until),
        "seller_orders": [
            {
                "seller_order_id": str(part.seller_order_id),
                "seller_id": str(part.seller_id),
                "totals": _totals(part.totals, event.currency),
            }
            for part in event.seller_orders
        ],
        "delivery_country": event.delivery_country,
    }


def _opened(event: events.SellerOrderOpened) -> dict[str, Any]:
    return {
        "order_id": str(event.order_id),
        "number": event.number,
        "seller_id": str(event.seller_id),
        "buyer_id": str(event.buyer_id),
        "market": event.market,
        "policy_version": event.policy_version,
        "currency": event.currency,
        "delivery_country": event.delivery_country,
        "lines": [_sold_line(line, event.currency) for line in event.lines],
        "regimes": [_regime(sums, event.currency) for sums in event.regimes],
        "shipping_fee": money(event.shipping_fee, event.currency),
        "totals": _totals(event.totals, event.currency),
    }


def _sold_line(line: SoldLine, currency: str) -> dict[str, Any]:
    return {
        "line_no": line.line_no,
        "offer_id": str(line.offer_id),
        "sku": line.sku,
        "title": line.title,
        "category": line.category,
        "grade": line.grade,
        "quantity": line.quantity,
        "unit_price": money(line.unit_price, currency),
        "vat_regime": line.vat_regime,
        "ship_from": line.ship_from,
        "warranty_months": line.warranty_months,
        "net": money(line.net, currency),
        "vat": _vat(line.vat),
        "options": [
            {"code": one.code, "kind": one.kind, "title": one.title, "price": money(one.price, currency)}
            for one in line.options
        ],
        "levies": [{"kind": one.kind, "amount": money(one.amount, currency)} for one in line.levies],
    }


def _regime(sums: RegimeSums, currency: str) -> dict[str, Any]:
    return {
        "vat_regime": sums.vat_regime,
        "price_basis": sums.price_basis,
        "shipping_fee": money(sums.shipping_fee, currency),
        "totals": _totals(sums.totals, currency),
        "breakdown": [
            {
                "category": row.category,
                "rate": row.rate,
                "base": money(row.base, currency),
                "vat": money(row.vat, currency),
            }
            for row in sums.breakdown
        ],
    }


def _parcel(
    event: events.ShipmentAnnounced | events.ShipmentWithdrawn | events.TroubledShipment,
) -> dict[str, Any]:
    return {
        "shipment_id": str(event.aggregate_id),
        "seller_order_id": str(event.seller_order_id),
        "order_id": str(event.order_id),
    }


def _dispatched(event: events.ShipmentDispatched) -> dict[str, Any]:
    return {
        "shipment_id": str(event.aggregate_id),
        "seller_order_id": str(event.seller_order_id),
        "order_id": str(event.order_id),
        "seller_id": str(event.seller_id),
        "buyer_id": str(event.buyer_id),
        "market": event.market,
        "policy_version": event.policy_version,
        "carrier": event.carrier,
        "tracking_number": event.tracking_number,
        "dispatched_at": instant(event.dispatched_at),
        "delivery_country": event.delivery_country,
        "lines": [{**_shipped_line(line), "vat": _vat(event.vat_by_line[line.line_no])} for line in event.lines],
    }


def _vat(vat: LineVat) -> dict[str, Any]:
    return {
        "category": vat.category,
        "rate": vat.rate,
        "vatex": vat.vatex,
        "rule": vat.rule,
        "notes": dict(vat.notes),
    }


def _shipped_line(line: ShippedLine) -> dict[str, Any]:
    return {"line_no": line.line_no, "units": [_unit(unit) for unit in line.units]}


def _unit(unit: Unit) -> dict[str, str]:
    return {"imei": unit.imei} if unit.imei is not None else {"serial": unit.serial or ""}
