"""Statements of the hot path, given to the driver itself: in the same transaction, for a third of the processor time.

They are written with `$1`, `$2`, …; a JSON value goes in as text and comes out as an object. What the database refuses is
raised as SQLAlchemy's `DBAPIError`, as everywhere else.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

from asyncpg import IntegrityConstraintViolationError, InterfaceError, InternalClientError, PostgresError
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.exc import DBAPIError, EmulatedDBAPIException, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.util.concurrency import greenlet_spawn

from chassis.db.session import session_of

Row = Any
_DIALECT: Any = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


class Query:
    """A SELECT of SQLAlchemy's that is put into words once. It takes neither JSON values nor lists but as arrays."""

    def __init__(self, statement: Select[Any]) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        self.text = str(compiled)
        self._names: Sequence[str] = compiled.positiontup or ()
        self._fixed = compiled.params

    def values(self, given: Mapping[str, Any]) -> Sequence[Any]:
        """In the order of `$1`, `$2`, …, by the names of its `bindparam`s."""
        return [given[name] if name in given else self._fixed[name] for name in self._names]

    async def read(self, connection: AsyncConnection, **given: Any) -> Sequence[Row]:
        """The rows; what was written before in this transaction shows in them."""
        return await read(connection, self.text, *self.values(given))


async def read(connection: AsyncConnection, statement: str, *values: Any) -> Sequence[Row]:
    """The rows; what was written before in this transaction shows in them."""
    rows: Sequence[Row] = await _ask(await _driver_of(connection, writes=False), "fetch", statement, values)
    return rows


async def change(connection: AsyncConnection, statement: str, *values: Any) -> int:
    """How many rows the statement inserted, changed or removed."""
    done: str = await _ask(await _driver_of(connection, writes=True), "execute", statement, values)
    return int(done.rpartition(" ")[2])


async def change_and_read(connection: AsyncConnection, statement: str, *values: Any) -> Sequence[Row]:
    """The rows that a writing statement returns."""
    rows: Sequence[Row] = await _ask(await _driver_of(connection, writes=True), "fetch", statement, values)
    return rows


class Alone:
    """A connection whose statements are a transaction each: no BEGIN before and no COMMIT after them."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    async def run(self, statement: str, *values: Any) -> Sequence[Row]:
        """The rows that a statement finds or returns."""
        rows: Sequence[Row] = await _ask(self._driver, "fetch", statement, values)
        return rows

    async def read(self, query: Query, **given: Any) -> Sequence[Row]:
        """The rows that a query finds."""
        return await self.run(query.text, *query.values(given))


@contextlib.asynccontextmanager
async def alone(engine: AsyncEngine) -> AsyncIterator[Alone]:
    """One of the pool's connections, for statements that need no transaction around them."""
    with _in_sqlalchemys_words("connect", lambda: True):
        lent = await engine.raw_connection()
    try:
        yield Alone(lent.driver_connection)
    finally:
        await greenlet_spawn(lent.close)


async def _ask(driver: Any, how: str, statement: str, values: Sequence[Any]) -> Any:
    with _in_sqlalchemys_words(statement, driver.is_closed):
        return await getattr(driver, how)(statement, *values)


@contextlib.contextmanager
def _in_sqlalchemys_words(statement: str, is_lost: Callable[[], bool]) -> Iterator[None]:
    try:
        yield
    except (PostgresError, InterfaceError, InternalClientError, EmulatedDBAPIException, OSError) as error:
        kind = IntegrityError if isinstance(error, IntegrityConstraintViolationError) else DBAPIError
        raise kind(statement, None, error, hide_parameters=True, connection_invalidated=is_lost()) from error


async def _driver_of(connection: AsyncConnection, *, writes: bool) -> Any:
    session = session_of(connection)
    if session is not None:
        await session.make_way(writes=writes)
        if session.driver is not None:
            return session.driver
    if not connection.in_transaction():
        await connection.begin()
    lent = await connection.get_raw_connection()
    # SQLAlchemy tells the database of a transaction with the first statement of its own; this may be the first one.
    adapter: Any = lent.dbapi_connection
    if adapter._transaction is None:
        with _in_sqlalchemys_words("begin", adapter.driver_connection.is_closed):
            await adapter._start_transaction()
    if session is not None:
        session.driver = lent.driver_connection
    return lent.driver_connection
