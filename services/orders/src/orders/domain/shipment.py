"""A parcel: which units left with which carrier, and when they arrived."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable
from orders.domain import events
from orders.domain.errors import ShipmentMoveRefused
from orders.domain.units import ShippedLine


class ShipmentState(StrEnum):
    """On its way, or there."""

    DISPATCHED = "dispatched"
    DELIVERED = "delivered"


MOVES = StateTable({("deliver", ShipmentState.DISPATCHED): ShipmentState.DELIVERED}, ShipmentMoveRefused)


@dataclass(frozen=True)
class Shipment:
    """A parcel with every unit named; the carrier and its tracking number find it again."""

    id: Id
    version: int
    seller_order_id: Id
    order_id: Id
    seller_id: Id
    buyer_id: Id
    market: str
    policy_version: str
    carrier: str
    tracking_number: str
    delivery_country: str
    lines: tuple[ShippedLine, ...]
    state: ShipmentState
    dispatched_at: datetime
    delivered_at: datetime | None = None

    def dispatched(self) -> events.ShipmentDispatched:
        """The fact that goes with its first version."""
        return events.ShipmentDispatched(
            aggregate_id=self.id,
            seq=self.version,
            seller_order_id=self.seller_order_id,
            order_id=self.order_id,
            seller_id=self.seller_id,
            buyer_id=self.buyer_id,
            market=self.market,
            policy_version=self.policy_version,
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            dispatched_at=self.dispatched_at,
            delivery_country=self.delivery_country,
            lines=self.lines,
        )

    def deliver(self, scanned_at: datetime, *, at: datetime) -> tuple["Shipment", events.ShipmentDelivered]:
        """It arrived. A carrier's clock may be off: the arrival lies between the dispatch and now."""
        state = MOVES.after("deliver", self.state)
        delivered_at = min(max(scanned_at, self.dispatched_at), max(at, self.dispatched_at))
        after = replace(self, version=self.version + 1, state=state, delivered_at=delivered_at)
        return after, events.ShipmentDelivered(
            aggregate_id=self.id,
            seq=after.version,
            seller_order_id=self.seller_order_id,
            order_id=self.order_id,
            delivered_at=delivered_at,
        )
