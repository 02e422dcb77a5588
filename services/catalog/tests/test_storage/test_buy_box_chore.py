"""The chore that decides in the background: it goes on after a failure, pauses when nothing is marked, and can be stopped."""

import asyncio
from functools import partial
from typing import Any

import pytest

from catalog.clients import buy_box_chore
from catalog.clients.buy_box_chore import BuyBoxChore
from catalog.use_cases.push_offers import push_offers

from ..builders import a_patch, a_push

pytestmark = pytest.mark.storage


async def test_a_change_is_decided_after_a_failure_and_the_chore_ends_when_told(
    catalog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buy_box_chore, "PAUSE_SECONDS", 0.01)
    chore = BuyBoxChore(catalog.executor)
    failed, decided = asyncio.Event(), asyncio.Event()
    honest = chore.round

    async def fails_once() -> int:
        if not failed.is_set():
            failed.set()
            raise ConnectionError("the database is away")
        found = await honest()
        if found:
            decided.set()
        return found

    monkeypatch.setattr(chore, "round", fails_once)
    running = asyncio.create_task(chore.run())
    await failed.wait()
    seller = await catalog.admit()
    await catalog.executor.run(partial(push_offers, a_push(seller.id, a_patch())))
    async with asyncio.timeout(20):
        await decided.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await catalog.rows("select version from buy_box_decisions") == [(1,)]


async def test_a_round_that_fails_leaves_the_marks_for_the_next_one(catalog: Any) -> None:
    seller = await catalog.admit()
    await catalog.executor.run(partial(push_offers, a_push(seller.id, a_patch())))
    chore = BuyBoxChore(catalog.executor)
    async with catalog.engine.begin() as connection:
        await connection.exec_driver_sql("alter table buy_box_decisions rename to taken_away")
    with pytest.raises(Exception, match="buy_box_decisions"):
        await chore.round()
    assert len(await catalog.rows("select 1 from buy_box_marks")) == 1
    assert await catalog.rows("select 1 from buy_boxes") == []
    async with catalog.engine.begin() as connection:
        await connection.exec_driver_sql("alter table taken_away rename to buy_box_decisions")
    assert await chore.round() == 1
    assert await chore.round() == 0
