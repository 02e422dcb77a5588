"""Domain event → public message: the one place where the gateway's public shapes are made."""

from typing import Any

from chassis.db.outbox import PublicEvent
from chassis.kernel.audit_log import EntryRecorded, anchor
from chassis.kernel.events import DomainEvent
from gateway.domain.delivery import CHANNEL, DeliveryFailed, DeliveryPrepared, DeliverySent

DELIVERY = "gateway.delivery"
AUDIT_LOG = "gateway.audit_log"
TOPICS = (DELIVERY, AUDIT_LOG)


def outbound(event: DomainEvent) -> PublicEvent:
    """The public shape of a domain event."""
    match event:
        case DeliveryPrepared():
            return _public("prepared", event, {})
        case DeliverySent():
            return _public("sent", event, {"message_id": event.message_id})
        case DeliveryFailed():
            return _public("failed", event, {"reason": str(event.reason)})
        case EntryRecorded():
            return _recorded("recorded", event)
    raise AssertionError(f"no public shape for {type(event).__name__}")


def _recorded(name: str, event: EntryRecorded) -> PublicEvent:
    return PublicEvent(
        topic=AUDIT_LOG,
        type=f"{AUDIT_LOG}.{name}.v1",
        aggregate_id=event.aggregate_id,
        seq=event.seq,
        data=anchor(event),
    )


def _public(name: str, event: DeliveryPrepared | DeliverySent | DeliveryFailed, data: dict[str, Any]) -> PublicEvent:
    return PublicEvent(
        topic=DELIVERY,
        type=f"{DELIVERY}.{name}.v1",
        aggregate_id=event.aggregate_id,
        seq=event.seq,
        data={
            "delivery_id": str(event.aggregate_id),
            "channel": CHANNEL,
            "template": str(event.template),
            "company_id": str(event.company_id) if event.company_id else None,
            "order_id": str(event.order_id) if event.order_id else None,
            **data,
        },
    )
