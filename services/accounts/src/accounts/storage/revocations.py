"""Sign-ins that were taken back: one row each, kept for a day."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.revocation import Revocation, Revoked
from accounts.storage import tables

_KEPT_FOR = timedelta(days=1)


class RevocationLog:
    """Small: what no token can outlive is forgotten at the next revocation of anybody."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, revocation: Revocation) -> None:
        """One more."""
        table = tables.revocations
        old = select(table.c.id).where(table.c.at < revocation.at - _KEPT_FOR).with_for_update(skip_locked=True)
        await self._connection.execute(delete(table).where(table.c.id.in_(old)))
        await self._connection.execute(
            insert(table).values(
                id=revocation.id, kind=revocation.kind, subject_id=revocation.subject_id, at=revocation.at
            )
        )

    async def since(self, at: datetime) -> list[Revocation]:
        """Those of this moment and later."""
        table = tables.revocations
        found = await self._connection.execute(select(table).where(table.c.at >= at).order_by(table.c.at))
        return [Revocation(row.id, Revoked(row.kind), row.subject_id, row.at) for row in found]
