"""Reads on the bare driver: each is one round trip, with no transaction around it and nothing compiled anew."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

# A read takes a fraction of a millisecond, so a few connections serve thousands. More readers than these would push the
# pool over its size, and a connection opened for one read costs fifty times the read.
READERS_MAX = 4


class Reader:
    """Lends connections of the engine's pool for statements in PostgreSQL's own words (`$1`, `$2`, …).

    A page of offers costs SQLAlchemy's compiler several times what PostgreSQL needs to find it. The driver prepares each
    text once a connection, so the same question must always be the same text.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Semaphore(READERS_MAX)

    @contextlib.asynccontextmanager
    async def lend(self) -> AsyncIterator[Any]:
        """A connection of the driver, outside of any transaction."""
        async with self._turn, self._engine.connect() as connection:
            yield (await connection.get_raw_connection()).driver_connection
