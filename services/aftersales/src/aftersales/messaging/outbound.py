"""What aftersales tells: the one place where a public shape is made."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from aftersales.domain import events
from aftersales.domain.events import ClaimWindowClosed, CoverageOpened, WarrantiesSet
from aftersales.domain.warranty import CoveredLine
from chassis.db.outbox import PublicEvent
from chassis.kernel.audit_log import EntryRecorded, anchor
from chassis.kernel.events import DomainEvent
from chassis.kernel.numbers import ImeiInvalid, check_imei

COVERAGE = "aftersales.coverage"
CASE = "aftersales.case"
AUDIT_LOG = "aftersales.audit_log"
TOPICS = (COVERAGE, CASE, AUDIT_LOG)


def outbound(event: DomainEvent) -> PublicEvent:
    """The public shape of a fact."""
    if isinstance(event, events.CaseEvent):
        name, data = _case(event)
        return _public(name, event, {**_of_case(event), **data}, CASE)
    match event:
        case CoverageOpened():
            return _public("opened", event, {**_whose(event), **_opened(event)})
        case WarrantiesSet():
            return _public("warranties_set", event, {**_whose(event), "lines": _lines(event.lines)})
        case ClaimWindowClosed():
            return _public("claim_window_closed", event, {**_whose(event), "closed_at": _instant(event.closed_at)})
        case EntryRecorded():
            return _public("recorded", event, anchor(event), AUDIT_LOG)
    raise AssertionError(f"{type(event).__name__} has no public shape")


def _whose(event: CoverageOpened | WarrantiesSet | ClaimWindowClosed) -> dict[str, Any]:
    # A coverage is named after its shipment.
    return {
        "shipment_id": str(event.aggregate_id),
        "seller_order_id": str(event.seller_order_id),
        "order_id": str(event.order_id),
    }


def _opened(event: CoverageOpened) -> dict[str, Any]:
    windows = event.windows
    return {
        "seller_id": str(event.seller_id),
        "buyer_id": str(event.buyer_id),
        "market": event.market,
        "policy_version": event.policy_version,
        "calendar_version": windows.calendar_version,
        "delivery_country": event.delivery_country,
        "delivered_at": _instant(event.delivered_at),
        "damage_until": _instant(windows.damage_until),
        "claim_until": _instant(windows.claim_until),
        "withdraw_until": _instant(windows.withdraw_until),
        "closes_at": _instant(windows.closes_at),
        "lines": _lines(event.lines),
    }


def _of_case(event: events.CaseEvent) -> dict[str, Any]:
    parties = ("order_id", "seller_order_id", "shipment_id", "seller_id", "buyer_id")
    return {"case_id": str(event.aggregate_id), **{name: str(getattr(event, name)) for name in parties}}


def _case(event: events.CaseEvent) -> tuple[str, dict[str, Any]]:
    match event:
        case events.CaseOpened():
            return "opened", {
                "kind": event.kind,
                "market": event.market,
                "policy_version": event.policy_version,
                "defect": event.defect,
                "line_no": event.line_no,
                "unit": _unit(event.unit),
                "warranty_until": _instant(event.warranty_until),
            }
        case events.CaseAuthorised():
            return "authorised", {
                "rma": event.rma,
                "checklist": list(event.checklist),
                "send_until": _instant(event.send_until),
            }
        case events.CaseSent():
            return "sent", {}
        case events.CaseWithdrawn():
            return "withdrawn", {}
        case events.CaseExpired():
            return "expired", {}
        case events.CaseReceived():
            times = {"received_at": event.received_at, "remedy_until": event.remedy_until}
            return "received", {name: _instant(at) for name, at in times.items()}
        case events.CaseOnHold():
            return "on_hold", {}
        case events.CaseInspected():
            return "inspected", {"remedy_until": _instant(event.remedy_until)}
        case events.CaseClosed():
            fee = event.fee and {"amount": event.fee.minor, "currency": event.fee.currency}
            return "closed", {"reason": "no_fault_found", "fee": fee}
        case events.CaseRejected():
            return "rejected", {"reason": event.reason}
        case events.CaseRemedyChosen():
            return "remedy_chosen", {"remedy": event.remedy}
        case events.CaseResolved():
            unit = _unit(event.replacement_unit) if event.replacement_unit else None
            return "resolved", {"remedy": event.remedy, "replacement_unit": unit}
        case events.CaseRefundDue():
            return "refund_due", {
                "market": event.market,
                "policy_version": event.policy_version,
                "reason": event.reason,
                "lines": [{"line_no": event.line_no, "units": [_unit(event.unit)]}],
            }
        case events.CaseRefunded():
            return "refunded", {}


def _unit(unit: str) -> dict[str, str]:
    # Units are kept by their number alone; only an IMEI has the shape and the check digit of one.
    try:
        return {"imei": check_imei(unit)}
    except ImeiInvalid:
        return {"serial": unit}


def _lines(lines: Iterable[CoveredLine]) -> list[dict[str, Any]]:
    return [{"line_no": line.line_no, "warranty_until": _instant(line.warranty_until)} for line in lines]


def _public(name: str, event: DomainEvent, data: dict[str, Any], topic: str = COVERAGE) -> PublicEvent:
    return PublicEvent(
        topic=topic, type=f"{topic}.{name}.v1", aggregate_id=event.aggregate_id, seq=event.seq, data=data
    )


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
