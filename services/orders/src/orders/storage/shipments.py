"""Shipments: row ↔ aggregate, and the numbers of units that have left."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from chassis.db.write_behind import WriteBehindRepository
from chassis.kernel.ids import Id
from orders.domain.delivery_terms import FailureReason
from orders.domain.errors import ShipmentNotFound
from orders.domain.shipment import Shipment, ShipmentState
from orders.domain.units import Unit
from orders.storage import codec
from orders.storage.codec import Row
from orders.storage.tables import shipments, shipped_units


class ShipmentRepository(WriteBehindRepository[Shipment]):
    """Shipments by id or by parcel."""

    table = shipments
    not_found = ShipmentNotFound
    frozen = frozenset({"id", "seller_order_id", "order_id", "seller_id", "buyer_id", "lines"})

    async def find_parcel(self, carrier: str, tracking_number: str) -> Shipment | None:
        """The shipment of a parcel; one that was withdrawn has none."""
        found = await self.where(
            shipments.c.carrier == carrier,
            shipments.c.tracking_number == tracking_number,
            shipments.c.state != str(ShipmentState.WITHDRAWN),
        )
        return found[0] if found else None

    async def claim_units(self, shipment_id: Id, units: Sequence[Unit]) -> Sequence[str]:
        """Write the numbers down; answers those that have shipped before. A rival that ships the same unit is waited for."""
        # In one order, so that two shipments that share units never wait for each other in a circle.
        numbers = sorted(unit.number for unit in units)
        rows = [{"number": number, "shipment_id": shipment_id} for number in numbers]
        statement = insert(shipped_units).values(rows).on_conflict_do_nothing().returning(shipped_units.c.number)
        written = set((await self._connection.execute(statement)).scalars())
        return [number for number in numbers if number not in written]

    async def free_units(self, shipment_id: Id) -> None:
        """The parcel did not leave: its devices may be named by another one."""
        await self._connection.execute(delete(shipped_units).where(shipped_units.c.shipment_id == shipment_id))

    def to_row(self, aggregate: Shipment) -> dict[str, Any]:
        """Column values."""
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "seller_order_id": aggregate.seller_order_id,
            "order_id": aggregate.order_id,
            "seller_id": aggregate.seller_id,
            "buyer_id": aggregate.buyer_id,
            "market": aggregate.market,
            "policy_version": aggregate.policy_version,
            "carrier": aggregate.carrier,
            "tracking_number": aggregate.tracking_number,
            "delivery_country": aggregate.delivery_country,
            "lines": codec.SHIPPED_LINES.to_json(aggregate.lines),
            "state": str(aggregate.state),
            "dispatched_at": aggregate.dispatched_at,
            "delivered_at": aggregate.delivered_at,
            "failure": aggregate.failure and str(aggregate.failure),
            "failed_attempts": aggregate.failed_attempts,
            "redelivery_asked_at": aggregate.redelivery_asked_at,
        }

    def from_row(self, row: Mapping[str, Any]) -> Shipment:
        """The shipment of a row."""
        return shipment_of(dict(row))


def shipment_of(row: Row) -> Shipment:
    """The shipment of a row."""
    return Shipment(
        id=row["id"],
        version=row["version"],
        seller_order_id=row["seller_order_id"],
        order_id=row["order_id"],
        seller_id=row["seller_id"],
        buyer_id=row["buyer_id"],
        market=row["market"],
        policy_version=row["policy_version"],
        carrier=row["carrier"],
        tracking_number=row["tracking_number"],
        delivery_country=row["delivery_country"],
        lines=codec.SHIPPED_LINES.from_json(row["lines"]),
        state=ShipmentState(row["state"]),
        dispatched_at=row["dispatched_at"],
        delivered_at=row["delivered_at"],
        failure=FailureReason(row["failure"]) if row["failure"] else None,
        failed_attempts=row["failed_attempts"],
        redelivery_asked_at=row["redelivery_asked_at"],
    )
