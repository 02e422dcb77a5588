"""Signed messages of the payment provider, stored raw."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.ids import Id
from payments.domain.psp_facts import EventOutcome, PspEvent
from payments.storage.tables import psp_events


class PspEventRepository:
    """One row per event id, for ever: a repeat is recognised however late it comes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_if_new(self, event: PspEvent, body: str, received_at: datetime) -> bool:
        """False for a repeat; a rival that handles the same event right now is waited for."""
        values = {
            "event_id": event.event_id,
            "key": event.key,
            "type": event.type,
            "data": dict(event.data),
            "body": body,
            "received_at": received_at,
        }
        statement = insert(psp_events).values(values).on_conflict_do_nothing().returning(psp_events.c.event_id)
        return (await self._connection.execute(statement)).first() is not None

    async def find(self, key: Id) -> PspEvent | None:
        """The event of a retry timer."""
        row = (await self._connection.execute(select(psp_events).where(psp_events.c.key == key))).first()
        return PspEvent(row.event_id, row.type, row.data) if row else None

    async def settle(self, event: PspEvent, outcome: EventOutcome) -> None:
        """What became of it."""
        await self._connection.execute(
            update(psp_events).where(psp_events.c.event_id == event.event_id).values(outcome=outcome)
        )
