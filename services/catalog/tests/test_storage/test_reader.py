"""Connections that go from reader to reader: never more than a few, none lost, none that is broken passed on."""

import asyncio
import contextlib
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from catalog.storage.reader import READERS_MAX, Reader

pytestmark = pytest.mark.storage


async def one(reader: Reader) -> int:
    async with reader.lend() as driver:
        backend: int = await driver.fetchval("select pg_backend_pid()")
    return backend


async def test_many_readers_share_a_few_connections(catalog: Any) -> None:
    reader = Reader(catalog.engine)
    backends = await asyncio.gather(*[one(reader) for _ in range(50)])
    assert len(set(backends)) <= READERS_MAX
    assert catalog.engine.pool.checkedout() == 0


async def test_a_broken_connection_is_not_passed_on(catalog: Any) -> None:
    reader = Reader(catalog.engine)

    async def broken() -> None:
        with contextlib.suppress(Exception):
            async with reader.lend() as driver:
                await driver.execute("select pg_terminate_backend(pg_backend_pid())")

    *_, after = await asyncio.gather(*[broken() for _ in range(READERS_MAX)], *[one(reader) for _ in range(20)])
    assert after > 0
    assert catalog.engine.pool.checkedout() == 0


async def test_whoever_gives_up_takes_no_connection_along(catalog: Any) -> None:
    reader = Reader(catalog.engine)
    for rounds in range(5):
        asked = [asyncio.create_task(one(reader)) for _ in range(20)]
        for _ in range(rounds):
            await asyncio.sleep(0)
        for task in asked[::2]:
            task.cancel()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(answer, int) for answer in answers[1::2])
    assert catalog.engine.pool.checkedout() == 0
    assert len(set(await asyncio.gather(*[one(reader) for _ in range(20)]))) <= READERS_MAX


async def test_a_server_that_is_not_there_is_a_lost_connection_and_holds_no_place(catalog: Any) -> None:
    reader = Reader(create_async_engine(catalog.engine.url.set(port=1)))
    for _ in range(READERS_MAX + 1):
        with pytest.raises(DBAPIError) as lost:
            await one(reader)
        assert lost.value.connection_invalidated
