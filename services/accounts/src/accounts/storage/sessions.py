"""Sessions: row ↔ dataclass."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from accounts.domain.errors import SessionNotFound
from accounts.domain.session import Device, Session
from accounts.storage import tables
from chassis.db.repository import Repository
from chassis.kernel.ids import Id


class SessionRepository(Repository[Session]):
    """Kept for a while after their end, so that their owner can see what was."""

    table = tables.sessions
    not_found = SessionNotFound

    async def open_of(self, user_id: Id) -> Sequence[Session]:
        """Those that nobody has ended; some may have run out."""
        return await self.where(self.table.c.user_id == user_id, self.table.c.ended_at.is_(None))

    async def forget(self, user_id: Id, expired_before: datetime) -> None:
        """Delete a person's old ones."""
        await self._connection.execute(
            delete(self.table).where(self.table.c.user_id == user_id, self.table.c.expires_at < expired_before)
        )

    def to_row(self, aggregate: Session) -> dict[str, Any]:
        """Column values."""
        row = {**vars(aggregate)}
        device = row.pop("device")
        return {**row, "network": device.network, "agent": device.agent}

    def from_row(self, row: Mapping[str, Any]) -> Session:
        """The session of a row."""
        values = dict(row)
        device = Device(values.pop("network"), values.pop("agent"))
        return Session(**values, device=device)
