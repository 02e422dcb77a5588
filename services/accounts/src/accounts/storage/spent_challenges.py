"""Challenges that were used, until they would have run out anyway."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.errors import ChallengeRefused
from accounts.storage.tables import spent_challenges
from chassis.kernel.ids import Id


class SpentChallengeLog:
    """Small: what has run out is forgotten at the next use of anybody's."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def spend(self, id: Id, expires_at: datetime, at: datetime) -> None:
        """Rivals with the same one wait for each other; the second is refused."""
        old = select(spent_challenges.c.id).where(spent_challenges.c.expires_at < at).with_for_update(skip_locked=True)
        await self._connection.execute(delete(spent_challenges).where(spent_challenges.c.id.in_(old)))
        row = {"id": id, "expires_at": expires_at}
        done = await self._connection.execute(insert(spent_challenges).values(row).on_conflict_do_nothing())
        if done.rowcount != 1:
            raise ChallengeRefused()
