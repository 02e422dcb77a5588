"""Reads asked for together share one read, and nobody gets an answer that is older than the question."""

import asyncio
from collections.abc import Collection, Mapping

import pytest

from chassis.db.together import BATCH_MAX, Together


class Store:
    def __init__(self) -> None:
        self.values = {n: n * n for n in range(1_000)}
        self.reads: list[set[int]] = []
        self.was_asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.broken = False

    async def read(self, keys: Collection[int]) -> Mapping[int, int]:
        self.reads.append(set(keys))
        self.was_asked.set()
        found = {key: self.values[key] for key in keys if key in self.values}
        await self.may_answer.wait()
        if self.broken:
            raise ConnectionError
        return found


async def test_who_asks_at_the_same_time_shares_a_read() -> None:
    store = Store()
    together = Together(store.read)
    assert await asyncio.gather(*(together.find(n) for n in (1, 2, 3, 2, -1))) == [1, 4, 9, 4, None]
    assert store.reads == [{1, 2, 3, -1}]


async def test_a_question_during_a_read_is_answered_by_the_next_one() -> None:
    store = Store()
    together = Together(store.read)
    store.may_answer.clear()
    before = asyncio.create_task(together.find(1))
    await store.was_asked.wait()
    store.values[1] = 100
    after = asyncio.create_task(together.find(1))
    store.may_answer.set()
    assert (await before, await after) == (1, 100)


async def test_a_batch_has_an_end() -> None:
    store = Store()
    together = Together(store.read)
    await asyncio.gather(*(together.find(n) for n in range(BATCH_MAX + 1)))
    assert [len(keys) for keys in store.reads] == [BATCH_MAX, 1]


async def test_a_failed_read_fails_those_who_asked_and_nobody_else() -> None:
    store = Store()
    together = Together(store.read)
    store.broken = True
    with pytest.raises(ConnectionError):
        await together.find(1)
    store.broken = False
    assert await together.find(1) == 1


async def test_who_is_in_no_hurry_gathers_questions_before_each_read() -> None:
    for gather_seconds, reads in ((0.0, [{1}, {2}]), (0.01, [{1, 2}])):
        store, is_over = Store(), asyncio.Event()

        async def pause(seconds: float, wanted: float = gather_seconds, is_over: asyncio.Event = is_over) -> None:
            assert seconds == wanted
            await is_over.wait()

        together = Together(store.read, gather_seconds=gather_seconds, pause=pause)
        first = asyncio.create_task(together.find(1))
        for _ in range(3):  # turns of the loop: asked, and begun where nothing is to gather
            await asyncio.sleep(0)
        second = asyncio.create_task(together.find(2))
        await asyncio.sleep(0)
        is_over.set()
        assert (await first, await second) == (1, 4)
        assert store.reads == reads
