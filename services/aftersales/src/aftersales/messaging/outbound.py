"""What aftersales tells: the one place where a public shape is made."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from aftersales.domain.events import ClaimWindowClosed, CoverageOpened, WarrantiesSet
from aftersales.domain.warranty import CoveredLine
from chassis.db.outbox import PublicEvent
from chassis.kernel.events import DomainEvent

COVERAGE = "aftersales.coverage"
TOPICS = (COVERAGE,)


def outbound(event: DomainEvent) -> PublicEvent:
    """The public shape of a fact."""
    match event:
        case CoverageOpened():
            return _public("opened", event, {**_whose(event), **_opened(event)})
        case WarrantiesSet():
            return _public("warranties_set", event, {**_whose(event), "lines": _lines(event.lines)})
        case ClaimWindowClosed():
            return _public("claim_window_closed", event, {**_whose(event), "closed_at": _instant(event.closed_at)})
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


def _lines(lines: Iterable[CoveredLine]) -> list[dict[str, Any]]:
    return [{"line_no": line.line_no, "warranty_until": _instant(line.warranty_until)} for line in lines]


def _public(name: str, event: DomainEvent, data: dict[str, Any]) -> PublicEvent:
    return PublicEvent(
        topic=COVERAGE, type=f"{COVERAGE}.{name}.v1", aggregate_id=event.aggregate_id, seq=event.seq, data=data
    )


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
