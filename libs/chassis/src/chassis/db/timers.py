"""Deadlines and errands as rows: set and cancelled by use cases, in the same transaction as the change they belong to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.ids import Id, new_id


@dataclass(frozen=True)
class DueTimer:
    """A deadline that has come: what it was about, and when it was due."""

    id: Id
    kind: str
    key: Id
    due_at: datetime
    payload: dict[str, Any]


class Timers:
    """What use cases see: one open timer per (kind, key). An errand is a timer that is due at once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.were_set = False

    async def set(self, kind: str, key: Id, due_at: datetime, payload: dict[str, Any] | None = None) -> None:
        """Set or move the open timer of this kind and key."""
        await self._connection.execute(
            _SET, {"id": new_id(), "kind": kind, "key": key, "due_at": due_at, "payload": payload or {}}
        )
        self.were_set = True

    async def cancel(self, kind: str, key: Id) -> None:
        """Cancel the open timer, if there is one."""
        await self._connection.execute(_CANCEL, {"kind": kind, "key": key})


_SET = text(
    "insert into timers (id, kind, key, due_at, payload) values (:id, :kind, :key, :due_at, :payload) "
    "on conflict (kind, key) where state = 'open' "
    "do update set id = excluded.id, due_at = excluded.due_at, retry_at = now(), payload = excluded.payload, attempts = 0"
).bindparams(bindparam("payload", type_=JSONB))
_CANCEL = text(
    "update timers set state = 'cancelled', done_at = now() where kind = :kind and key = :key and state = 'open'"
)
