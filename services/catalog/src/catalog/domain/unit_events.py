"""Facts about single devices; a fact tells the whole passport as far as others need it."""

from dataclasses import dataclass

from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id


@dataclass(frozen=True, kw_only=True)
class UnitEvent(DomainEvent):
    """`name` is what happened: registered, described, shipped, received, sent_back, returned, restocked, retired."""

    name: str
    seller_id: Id
    offer_id: Id
    sku: str
    imei: str | None
    serial: str | None
    grade: str
    battery_health_percent: int | None
    state: str
