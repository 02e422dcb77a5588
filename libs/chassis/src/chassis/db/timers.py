"""Deadlines and errands as rows: set and cancelled by use cases, in the same transaction as the change they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db import direct
from chassis.db.rows import RANK_OF_SHARED_TABLES, as_json
from chassis.db.session import session_of, write_now_or_later
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
        item = {"id": new_id(), "kind": kind, "key": key, "due_at": due_at, "payload": payload or {}}
        await write_now_or_later(self._connection, _WriteTimers(), item)
        self.were_set = True
        session = session_of(self._connection)
        if session is not None:
            session.expect_timer(due_at)

    async def cancel(self, kind: str, key: Id) -> None:
        """Cancel the open timer, if there is one."""
        await write_now_or_later(self._connection, _WriteTimers(), {"kind": kind, "key": key})


@dataclass(frozen=True)
class _WriteTimers:
    """Sets and cancels of a whole batch; what was said last of a timer holds."""

    rank: int = RANK_OF_SHARED_TABLES

    async def __call__(self, connection: AsyncConnection, items: Sequence[dict[str, Any]]) -> None:
        last = {(item["kind"], item["key"]): item for item in items}
        # In one order for everybody, so that two batches never wait for each other in a circle.
        ordered = [last[key] for key in sorted(last)]
        if cancelled := [item for item in ordered if "due_at" not in item]:
            await direct.change(connection, _CANCEL, as_json(cancelled))
        if to_set := [item for item in ordered if "due_at" in item]:
            await direct.change(connection, _SET, as_json(to_set))


_SET = (
    "insert into timers (id, kind, key, due_at, payload) select id, kind, key, due_at, payload "
    "from jsonb_populate_recordset(null::timers, $1::jsonb) on conflict (kind, key) where state = 'open' "
    "do update set id = excluded.id, due_at = excluded.due_at, retry_at = now(), payload = excluded.payload, attempts = 0"
)
_CANCEL = (
    "update timers t set state = 'cancelled', done_at = now() "
    "from jsonb_to_recordset($1::jsonb) as v(kind text, key uuid) "
    "where t.kind = v.kind and t.key = v.key and t.state = 'open'"
)
