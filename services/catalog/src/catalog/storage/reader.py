"""Reads on the bare driver: each is one round trip, with no transaction around it and nothing compiled anew."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

# A read takes a fraction of a millisecond, so a few connections serve thousands. More readers than these would push the
# pool over its size, and a connection opened for one read costs fifty times the read.
READERS_MAX = 4


class Reader:
    """Borrows connections of the engine's pool for single statements in PostgreSQL's own words (`$1`, `$2`, …).

    A page of offers costs SQLAlchemy's compiler several times what PostgreSQL needs to find it. The driver prepares each
    text once a connection, so the same question must always be the same text.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turn = asyncio.Semaphore(READERS_MAX)

    async def rows(self, statement: str, arguments: Sequence[Any]) -> list[Any]:
        """All rows; each is read by position or by name."""
        async with self._turn, self._engine.connect() as connection:
            driver = await _driver_of(connection)
            found: list[Any] = await driver.fetch(statement, *arguments)
            return found

    async def rows_under(self, setting: tuple[str, str], statement: str, arguments: Sequence[Any]) -> list[Any]:
        """All rows, read in a transaction in which a setting of the server has another value."""
        async with self._turn, self._engine.connect() as connection:
            driver = await _driver_of(connection)
            async with driver.transaction(readonly=True):
                await driver.execute("select set_config($1, $2, true)", *setting)
                found: list[Any] = await driver.fetch(statement, *arguments)
                return found


async def _driver_of(connection: Any) -> Any:
    return (await connection.get_raw_connection()).driver_connection
