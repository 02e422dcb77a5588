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
    """ANNOUNCED while the buyer's card is being charged; then on its way, and there, or WITHDRAWN."""

    ANNOUNCED = "announced"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


S = ShipmentState

MOVES = StateTable(
    {
        ("dispatch", S.ANNOUNCED): S.DISPATCHED,
        ("withdraw", S.ANNOUNCED): S.WITHDRAWN,
        ("deliver", S.DISPATCHED): S.DELIVERED,
    },
    ShipmentMoveRefused,
)


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
    dispatched_at: datetime | None
    delivered_at: datetime | None = None

    def announced(self, amount: int, currency: str) -> events.ShipmentAnnounced:
        """The fact that goes with the first version of a parcel that waits for money; `amount` is its part's gross."""
        return events.ShipmentAnnounced(
            aggregate_id=self.id,
            seq=self.version,
            seller_order_id=self.seller_order_id,
            order_id=self.order_id,
            amount=amount,
            currency=currency,
        )

    def dispatch(self, *, at: datetime) -> tuple["Shipment", events.ShipmentDispatched]:
        """The card was charged: the parcel leaves."""
        state = MOVES.after("dispatch", self.state)
        after = replace(self, version=self.version + 1, state=state, dispatched_at=at)
        return after, after.dispatched()

    def withdraw(self, reason: str) -> tuple["Shipment", events.ShipmentWithdrawn]:
        """The card was not charged: the parcel stays, and its devices may be named again."""
        state = MOVES.after("withdraw", self.state)
        after = replace(self, version=self.version + 1, state=state)
        return after, events.ShipmentWithdrawn(
            aggregate_id=self.id,
            seq=after.version,
            seller_order_id=self.seller_order_id,
            order_id=self.order_id,
            reason=reason,
        )

    def dispatched(self) -> events.ShipmentDispatched:
        """The fact that goes with the version in which it left."""
        assert self.dispatched_at is not None, "what left has an instant"
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
        assert self.dispatched_at is not None, "what left has an instant"
        delivered_at = min(max(scanned_at, self.dispatched_at), max(at, self.dispatched_at))
        after = replace(self, version=self.version + 1, state=state, delivered_at=delivered_at)
        return after, events.ShipmentDelivered(
            aggregate_id=self.id,
            seq=after.version,
            seller_order_id=self.seller_order_id,
            order_id=self.order_id,
            delivered_at=delivered_at,
        )
