"""The public shape of facts about single devices."""

from catalog.domain.unit_events import UnitEvent
from chassis.db.outbox import PublicEvent

UNIT = "catalog.unit"


def public_unit(event: UnitEvent) -> PublicEvent:
    """A device by its number, as `orders.shipment` names it. Whose hands it is in is not told here."""
    return PublicEvent(
        topic=UNIT,
        type=f"{UNIT}.{event.name}.v1",
        aggregate_id=event.aggregate_id,
        seq=event.seq,
        data={
            "unit_id": str(event.aggregate_id),
            "seller_id": str(event.seller_id),
            "offer_id": str(event.offer_id),
            "sku": event.sku,
            "unit": {"imei": event.imei} if event.imei else {"serial": event.serial},
            "grade": event.grade,
            "battery_health_percent": event.battery_health_percent,
            "state": event.state,
        },
    )
