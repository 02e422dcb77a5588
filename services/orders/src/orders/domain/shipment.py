"""A parcel: which units left with which carrier, and when they arrived."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from chassis.kernel.ids import Id
from chassis.kernel.state import StateTable
from orders.domain import events
from orders.domain.delivery_terms import FailureReason, LossReason
from orders.domain.errors import RedeliveryAskedAlready, ShipmentMoveRefused
from orders.domain.pricing import LineVat
from orders.domain.units import ShippedLine


class ShipmentState(StrEnum):
    """ANNOUNCED while the buyer's card is being charged, or WITHDRAWN; then there, unless it comes back or is lost."""

    ANNOUNCED = "announced"
    DISPATCHED = "dispatched"
    DELIVERY_FAILED = "delivery_failed"
    DELIVERED = "delivered"
    RETURNED = "returned"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


S = ShipmentState
UNDER_WAY = (S.DISPATCHED, S.DELIVERY_FAILED)

MOVES = StateTable(
    {
        ("dispatch", S.ANNOUNCED): S.DISPATCHED,
        ("withdraw", S.ANNOUNCED): S.WITHDRAWN,
        **{("deliver", state): S.DELIVERED for state in UNDER_WAY},
        **{("fail", state): S.DELIVERY_FAILED for state in UNDER_WAY},
        ("ask_redelivery", S.DELIVERY_FAILED): S.DELIVERY_FAILED,
        ("resume", S.DELIVERY_FAILED): S.DISPATCHED,
        **{("bring_back", state): S.RETURNED for state in UNDER_WAY},
        **{("lose", state): S.LOST for state in UNDER_WAY},
    },
    ShipmentMoveRefused,
)


@dataclass(frozen=True)
class Shipment:
    """A parcel with every unit named; the carrier and its tracking number find it again.

    `failure` is why the last attempt to deliver it failed, of `failed_attempts`; `redelivery_asked_at` is set from the buyer's
    wish for another one until that attempt fails too.
    """

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
    failure: FailureReason | None = None
    failed_attempts: int = 0
    redelivery_asked_at: datetime | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether its carrier has it."""
        return self.state in UNDER_WAY

    @property
    def is_given_up(self) -> bool:
        """Whether it never reached its buyer, who gets the money back."""
        return self.state in (S.RETURNED, S.LOST)

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

    def dispatch(
        self, vat_by_line: Mapping[int, LineVat], *, at: datetime
    ) -> tuple["Shipment", events.ShipmentDispatched]:
        """The card was charged: the parcel leaves."""
        after = self._moved("dispatch", dispatched_at=at)
        return after, after.dispatched(vat_by_line)

    def withdraw(self, reason: str) -> tuple["Shipment", events.ShipmentWithdrawn]:
        """The card was not charged: the parcel stays, and its devices may be named again."""
        after = self._moved("withdraw")
        return after, events.ShipmentWithdrawn(
            aggregate_id=self.id,
            seq=after.version,
            seller_order_id=self.seller_order_id,
            order_id=self.order_id,
            reason=reason,
        )

    def dispatched(self, vat_by_line: Mapping[int, LineVat]) -> events.ShipmentDispatched:
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
            vat_by_line=vat_by_line,
        )

    def deliver(self, scanned_at: datetime, *, at: datetime) -> tuple["Shipment", events.ShipmentDelivered]:
        """It arrived. A carrier's clock may be off: the arrival lies between the dispatch and now."""
        MOVES.after("deliver", self.state)
        assert self.dispatched_at is not None, "what left has an instant"
        delivered_at = min(max(scanned_at, self.dispatched_at), max(at, self.dispatched_at))
        after = self._moved("deliver", delivered_at=delivered_at)
        return after, events.ShipmentDelivered(
            aggregate_id=self.id,
            seq=after.version,
            seller_order_id=self.seller_order_id,
            order_id=self.order_id,
            delivered_at=delivered_at,
        )

    def fail(self, reason: FailureReason) -> tuple["Shipment", events.ShipmentDeliveryFailed]:
        """The carrier could not hand it over."""
        after = self._moved("fail", failure=reason, failed_attempts=self.failed_attempts + 1, redelivery_asked_at=None)
        return after, events.ShipmentDeliveryFailed(
            **after._named(), reason=str(reason), failed_attempts=after.failed_attempts
        )

    def ask_redelivery(self, *, at: datetime) -> tuple["Shipment", events.ShipmentRedeliveryAsked]:
        """The buyer wants another attempt, once after each that failed."""
        after = self._moved("ask_redelivery", redelivery_asked_at=at)
        if self.redelivery_asked_at is not None:
            raise RedeliveryAskedAlready(asked_at=self.redelivery_asked_at.isoformat())
        return after, events.ShipmentRedeliveryAsked(**after._named(), asked_at=at)

    def resume(self) -> tuple["Shipment", events.ShipmentDeliveryResumed]:
        """It is on its way again."""
        after = self._moved("resume")
        return after, events.ShipmentDeliveryResumed(**after._named())

    def bring_back(self, *, refused: bool = False) -> tuple["Shipment", events.ShipmentReturned]:
        """It went back to its sender, or, `refused`, was sent away where that alone ends the sale."""
        after = self._moved("bring_back")
        reason = str(FailureReason.REFUSED) if refused else (self.failure and str(self.failure))
        return after, events.ShipmentReturned(**after._named(), reason=reason or None, lines=self.lines)

    def lose(self, reason: LossReason) -> tuple["Shipment", events.ShipmentLost]:
        """It is lost."""
        after = self._moved("lose")
        return after, events.ShipmentLost(**after._named(), reason=str(reason), lines=self.lines)

    def _moved(self, move: str, **changes: Any) -> "Shipment":
        return replace(self, version=self.version + 1, state=MOVES.after(move, self.state), **changes)

    def _named(self) -> dict[str, Any]:
        return {
            "aggregate_id": self.id,
            "seq": self.version,
            "seller_order_id": self.seller_order_id,
            "order_id": self.order_id,
            "seller_id": self.seller_id,
            "buyer_id": self.buyer_id,
        }
