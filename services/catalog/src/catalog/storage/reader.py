"""Reads on the bare driver: each is one round trip, with no transaction around it and nothing compiled anew."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import greenlet_spawn

from chassis.db import direct

# A read takes a fraction of a millisecond, so a few connections serve thousands. More readers than these would push the
# pool over its size, and a connection opened for one read costs fifty times the read.
READERS_MAX = 4


class Reader:
    """Lends connections of the engine's pool for statements in PostgreSQL's own words (`$1`, `$2`, …).

    A page of offers costs SQLAlchemy's compiler several times what PostgreSQL needs to find it. The driver prepares each
    text once a connection, so the same question must always be the same text. A connection goes from one reader straight to
    the next who waits: giving it back to the pool and taking it again costs as much as a read.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._lent = 0
        self._waiting: deque[asyncio.Future[Any]] = deque()

    @contextlib.asynccontextmanager
    async def lend(self) -> AsyncIterator[Any]:
        """A connection of the driver, outside of any transaction."""
        pooled = await self._take()
        if pooled is None:
            try:
                pooled = await direct.lend(self._engine)
            except BaseException:
                self._hand_over(None)
                raise
        try:
            yield pooled.driver_connection
        finally:
            await self._give_on(pooled)

    async def _give_on(self, pooled: Any | None) -> None:
        # What broke is for the pool to look at: the next reader opens another one.
        whole = pooled if pooled is not None and not pooled.driver_connection.is_closed() else None
        taken = self._hand_over(whole)
        if pooled is not None and not (taken and whole is not None):
            await greenlet_spawn(pooled.close)

    async def _take(self) -> Any | None:
        """A connection of somebody who has finished, or None: then open one."""
        if self._lent < READERS_MAX:
            self._lent += 1
            return None
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            # Whoever gave up at the very moment of its turn passes it on.
            if turn.done() and not turn.cancelled():
                await self._give_on(turn.result())
            raise

    def _hand_over(self, pooled: Any | None) -> bool:
        """To the next who waits; false if nobody does, and then there is one reader less."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(pooled)
                return True
        self._lent -= 1
        return False
