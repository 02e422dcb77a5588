"""Attempts to sign in, per address; the address itself is not kept, for it may be anybody's."""

import hashlib
from datetime import datetime

from sqlalchemy import delete, func, insert, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.attempts import RecentAttempts
from accounts.storage.locks import wait_in_line
from accounts.storage.tables import sign_in_attempts
from chassis.kernel.ids import new_id


class SignInAttemptLog:
    """Small: what is older than the window is forgotten at the next attempt of anybody."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def recent(self, email: str, source: str, since: datetime) -> RecentAttempts:
        """Count, and keep rivals for the same address waiting until this transaction ends."""
        address = await self._locked(email)
        old = select(sign_in_attempts.c.id).where(sign_in_attempts.c.at < since)
        # Rows that a rival deletes just now are left to it: two sweeps must not wait for each other.
        await self._connection.execute(
            delete(sign_in_attempts).where(sign_in_attempts.c.id.in_(old.with_for_update(skip_locked=True)))
        )
        counted = await self._connection.execute(
            select(func.count(), func.count().filter(sign_in_attempts.c.source == source))
            .select_from(sign_in_attempts)
            .where(sign_in_attempts.c.address_hash == address, sign_in_attempts.c.at >= since)
        )
        of_address, of_source = counted.one()
        return RecentAttempts(of_source, of_address)

    async def wait(self, email: str) -> None:
        """Rivals for the same address go on when this transaction has ended."""
        await self._locked(email)

    async def add(self, email: str, source: str, at: datetime) -> None:
        """One more."""
        row = {"id": new_id(), "address_hash": _hash(email), "source": source, "at": at}
        await self._connection.execute(insert(sign_in_attempts).values(row))

    async def forget(self, email: str, source: str | None = None) -> None:
        """The person was there; waits for rivals too. Without a source it is forgotten wherever they came from."""
        address = await self._locked(email)
        theirs = true() if source is None else sign_in_attempts.c.source == source
        await self._connection.execute(
            delete(sign_in_attempts).where(sign_in_attempts.c.address_hash == address, theirs)
        )

    async def _locked(self, email: str) -> str:
        address = _hash(email)
        await wait_in_line(self._connection, address)
        return address


def _hash(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()
