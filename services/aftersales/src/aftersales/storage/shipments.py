"""Copies of dispatched shipments: written once, never changed, so that they need no version."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from aftersales.domain.errors import ShipmentNotFound
from aftersales.domain.shipment import Shipment, ShippedLine
from aftersales.storage import tables
from chassis.kernel.ids import Id


class ShipmentCopies:
    """What orders told at dispatch."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, id: Id) -> Shipment:
        """The copy, or `ShipmentNotFound`."""
        found = await self._connection.execute(select(tables.shipments).where(tables.shipments.c.id == id))
        row = found.mappings().first()
        if row is None:
            raise ShipmentNotFound(shipment_id=str(id))
        return _shipment(row)

    async def of_order(self, order_id: Id) -> Sequence[Shipment]:
        """The copies of an order's parcels."""
        found = await self._connection.execute(select(tables.shipments).where(tables.shipments.c.order_id == order_id))
        return [_shipment(row) for row in found.mappings().all()]

    async def add(self, shipment: Shipment) -> None:
        """Keep it; one that is there stays as it is."""
        await self._connection.execute(insert(tables.shipments).values(asdict(shipment)).on_conflict_do_nothing())


def _shipment(row: Mapping[Any, Any]) -> Shipment:
    lines = tuple(ShippedLine(line["line_no"], tuple(line["units"])) for line in row["lines"])
    return Shipment(**{**row, "lines": lines})
