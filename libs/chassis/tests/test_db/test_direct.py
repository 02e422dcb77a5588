"""Statements given to the driver itself belong to the transaction, and to the session, like all others."""

import asyncio
import threading
from datetime import datetime
from functools import partial

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from toy.service import ToyUnitOfWork

from chassis.db import direct
from chassis.db.executor import Executor
from chassis.db.session import Session
from chassis.kernel.errors import WrongState

pytestmark = pytest.mark.storage

_PUT = "insert into receipts (tenant, key, fingerprint) values ($1, $2, '')"
_KEYS = "select key from receipts where tenant = $1 order by key"


async def kept(engine: AsyncEngine) -> list[str]:
    async with direct.alone(engine) as database:
        return [row["key"] for row in await database.run(_KEYS, "t")]


async def test_a_statement_that_is_the_first_of_its_transaction_is_undone_with_it(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await direct.change(connection, _PUT, "t", "undone") == 1
        await connection.rollback()
    async with engine.begin() as connection:
        await direct.change(Session(connection), _PUT, "t", "kept")
    async with engine.connect() as connection:
        await direct.change(connection, _PUT, "t", "kept too")
        await connection.commit()
    assert await kept(engine) == ["kept", "kept too"]


async def test_a_refused_command_takes_back_what_it_wrote_directly(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    async def put(key: str, uow: ToyUnitOfWork, now: datetime) -> None:
        await direct.change(uow.connection, _PUT, "t", key)
        if key == "refused":
            raise WrongState

    async with executor.transaction(cause="test") as transaction:
        await transaction.run(partial(put, "first"), savepoint=True)
        with pytest.raises(WrongState):
            await transaction.run(partial(put, "refused"), savepoint=True)
        found = await direct.read(transaction.connection, _KEYS, "t")
        seen_by_sqlalchemy = (await transaction.connection.execute(text("select count(*) from receipts"))).scalar_one()
    assert [row["key"] for row in found] == ["first"]
    assert seen_by_sqlalchemy == 1
    assert await kept(engine) == ["first"]


async def test_what_the_database_refuses_is_told_in_sqlalchemys_words_and_names_no_values(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await direct.change(connection, _PUT, "t", "once")
    with pytest.raises(IntegrityError) as refused:
        async with engine.begin() as connection:
            await direct.change(connection, _PUT, "t", "once")
    assert getattr(refused.value.orig, "sqlstate", None) == "23505"
    with pytest.raises(DBAPIError) as lost:
        async with engine.begin() as connection:
            await direct.read(connection, "select pg_terminate_backend(pg_backend_pid())")
    assert lost.value.connection_invalidated
    assert await kept(engine) == ["once"], "the pool gives out another connection"


async def test_a_connection_lost_before_the_first_statement_of_its_transaction_is_told_in_the_same_words(
    engine: AsyncEngine,
) -> None:
    async with engine.connect() as connection:
        lent = await connection.get_raw_connection()
        assert lent.driver_connection is not None
        cut_off(engine, lent.driver_connection.get_server_pid())
        with pytest.raises(DBAPIError) as lost:
            await direct.read(connection, "select 1")
    assert lost.value.connection_invalidated


async def test_a_server_that_is_not_there_is_told_in_the_same_words(engine: AsyncEngine) -> None:
    nowhere = create_async_engine(engine.url.set(port=1))
    with pytest.raises(DBAPIError) as lost:
        async with direct.alone(nowhere):
            pass
    assert lost.value.connection_invalidated


def cut_off(engine: AsyncEngine, pid: int) -> None:
    """While this loop stands still, so that the driver finds out no sooner than it asks."""

    async def terminate() -> None:
        stranger = await asyncpg.connect(engine.url.set(drivername="postgresql").render_as_string(False))
        await stranger.execute("select pg_terminate_backend($1, 5000)", pid)
        await stranger.close()

    elsewhere = threading.Thread(target=lambda: asyncio.run(terminate()))
    elsewhere.start()
    elsewhere.join()
