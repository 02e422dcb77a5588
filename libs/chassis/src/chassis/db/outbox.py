"""The outbox: public events are rows written in the same transaction as the change they tell of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db import direct
from chassis.db.rows import as_json
from chassis.kernel.ids import Id, new_id


@dataclass(frozen=True, kw_only=True)
class PublicEvent:
    """A fact as others may read it. `type` is `<topic>.<what happened>.v<n>`; `data` is JSON that fits the published schema."""

    topic: str
    type: str
    aggregate_id: Id
    seq: int
    data: dict[str, Any]
    occurred_at: datetime | None = None
    event_id: Id = field(default_factory=new_id)


_COLUMNS = "event_id, topic, type, aggregate_id, seq, occurred_at, data, traceparent, cause_id"
_INSERT = f"insert into outbox ({_COLUMNS}) select {_COLUMNS} from jsonb_populate_recordset(null::outbox, $1::jsonb)"


@dataclass(frozen=True)
class OutboxRow:
    """An event with what it was caused by, ready to be stored."""

    event: PublicEvent
    occurred_at: datetime
    traceparent: str | None
    cause_id: str | None


async def store(connection: AsyncConnection, rows: Sequence[OutboxRow]) -> None:
    """Insert all rows in one statement; order is kept, so an aggregate's events are read in order."""
    if not rows:
        return
    values = [
        {
            "event_id": row.event.event_id,
            "topic": row.event.topic,
            "type": row.event.type,
            "aggregate_id": row.event.aggregate_id,
            "seq": row.event.seq,
            "occurred_at": row.event.occurred_at or row.occurred_at,
            "data": row.event.data,
            "traceparent": row.traceparent,
            "cause_id": row.cause_id,
        }
        for row in rows
    ]
    await direct.change(connection, _INSERT, as_json(values))
