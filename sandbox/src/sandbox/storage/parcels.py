"""What carriers reported."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.parcels import ParcelEvent
from sandbox.storage.tables import parcel_events


async def add_parcel_event(tx: AsyncConnection, event: ParcelEvent) -> None:
    await tx.execute(
        insert(parcel_events).values(
            id=event.id, carrier=event.carrier, tracking_number=event.tracking_number, status=event.status, at=event.at
        )
    )


async def list_parcel_events(tx: AsyncConnection, tracking_number: str) -> Sequence[ParcelEvent]:
    """All reports of one parcel, newest first."""
    query = select(parcel_events).where(parcel_events.c.tracking_number == tracking_number)
    return [_event(row) for row in await tx.execute(query.order_by(parcel_events.c.seq.desc()))]


def _event(row: Row[Any]) -> ParcelEvent:
    return ParcelEvent(row.id, row.carrier, row.tracking_number, row.status, row.at)
