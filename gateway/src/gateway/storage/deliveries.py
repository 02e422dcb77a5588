"""Deliveries as rows."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.db.engine import reading
from chassis.db.repository import among
from chassis.db.together import Together
from chassis.db.write_behind import WriteBehindRepository
from chassis.kernel.ids import Id
from gateway.domain.delivery import Delivery, DeliveryNotFound, DeliveryState, FailureReason, Template
from gateway.storage.tables import deliveries


class DeliveryRepository(WriteBehindRepository[Delivery]):
    """Row ↔ delivery; those of one transaction share their statements."""

    table = deliveries
    not_found = DeliveryNotFound
    frozen = frozenset({"template", "event_id", "facts", "prepared_at", "order_id"})

    def to_row(self, aggregate: Delivery) -> dict[str, Any]:
        """Column values."""
        return {
            **vars(aggregate),
            "state": aggregate.state.value,
            "template": aggregate.template.value,
            "facts": dict(aggregate.facts),
            "reason": aggregate.reason.value if aggregate.reason else None,
        }

    def from_row(self, row: Mapping[str, Any]) -> Delivery:
        """The delivery of a row."""
        return delivery_of(row)


class DeliveryQueries:
    """Reads outside of any command, for errands; those that run side by side share a statement."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)
        self._together = Together(self._read)

    async def get(self, id: Id) -> Delivery:
        """The delivery as it is now; raises DeliveryNotFound."""
        found = await self._together.find(id)
        if found is None:
            raise DeliveryNotFound(id=str(id))
        return found

    async def _read(self, ids: Collection[Id]) -> Mapping[Id, Delivery]:
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(deliveries).where(among(deliveries.c.id, ids)))
            return {row["id"]: delivery_of(dict(row)) for row in rows.mappings()}


def delivery_of(row: Mapping[str, Any]) -> Delivery:
    """The delivery of a row."""
    return Delivery(
        **{
            **row,
            "state": DeliveryState(row["state"]),
            "template": Template(row["template"]),
            "reason": FailureReason(row["reason"]) if row["reason"] else None,
        }
    )
