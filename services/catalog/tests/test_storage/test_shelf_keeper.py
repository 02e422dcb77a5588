"""Who reads for the shelf, and who waits for it."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import pytest

from catalog.domain.errors import SearchNotReady
from catalog.storage import shelf_keeper
from catalog.storage.reader import READERS_MAX, Reader
from catalog.storage.shelf_keeper import ShelfKeeper
from catalog.use_cases.ports import OfferFilter
from catalog.use_cases.push_offers import push_offers

from ..builders import a_patch, a_push

pytestmark = pytest.mark.storage

ALL = OfferFilter("fr-pro", "FR", "EUR")


class CountingReader(Reader):
    """How often somebody read."""

    lent = 0

    def lend(self) -> Any:
        self.lent += 1
        return super().lend()


async def fill(catalog: Any, count: int) -> None:
    seller = await catalog.admit()
    patches = [a_patch(f"S{n}") for n in range(count)]
    await catalog.executor.run(partial(push_offers, a_push(seller.id, *patches)))


async def test_those_who_ask_together_wait_for_one_reading(catalog: Any) -> None:
    await fill(catalog, 3)
    reader = CountingReader(catalog.engine)
    keeper = ShelfKeeper(reader, fresh_seconds=60)
    shelves = await asyncio.gather(*[keeper.fresh() for _ in range(20)])
    assert reader.lent == 1
    assert {len(shelf.hits(ALL, None).all) for shelf in shelves} == {3}
    # Fresh enough: nobody reads.
    await fill(catalog, 1)
    assert len((await keeper.fresh()).hits(ALL, None).all) == 3
    assert reader.lent == 1


async def test_whoever_gives_up_leaves_the_reading_to_the_others(catalog: Any) -> None:
    await fill(catalog, 3)
    keeper = ShelfKeeper(Reader(catalog.engine), fresh_seconds=0)
    first, second = (asyncio.create_task(keeper.fresh()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert len((await second).hits(ALL, None).all) == 3


async def test_more_offers_than_are_read_at_once_are_all_read(catalog: Any) -> None:
    await fill(catalog, 2 * shelf_keeper.ROWS_AT_ONCE + 1)
    keeper = ShelfKeeper(Reader(catalog.engine), fresh_seconds=0)
    keeper.begin()
    assert len((await keeper.fresh()).hits(ALL, None).all) == 2 * shelf_keeper.ROWS_AT_ONCE + 1


async def test_a_search_that_would_wait_too_long_for_the_first_reading_is_told_so(
    catalog: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(shelf_keeper, "PATIENCE_SECONDS", 0.01)
    await fill(catalog, 3)
    reader = Reader(catalog.engine)
    keeper = ShelfKeeper(reader, fresh_seconds=0)
    async with AsyncExitStack() as busy:
        for _ in range(READERS_MAX):
            await busy.enter_async_context(reader.lend())
        with pytest.raises(SearchNotReady):
            await keeper.fresh()
    monkeypatch.undo()
    assert len((await keeper.fresh()).hits(ALL, None).all) == 3


async def test_a_search_does_not_wait_for_ever_for_very_many_changes(catalog: Any, monkeypatch: Any) -> None:
    await fill(catalog, 3)
    reader = Reader(catalog.engine)
    keeper = ShelfKeeper(reader, fresh_seconds=0)
    await keeper.fresh()
    monkeypatch.setattr(shelf_keeper, "PATIENCE_SECONDS", 0.01)
    await fill(catalog, 1)
    async with AsyncExitStack() as busy:
        for _ in range(READERS_MAX):
            await busy.enter_async_context(reader.lend())
        assert len((await keeper.fresh()).hits(ALL, None).all) == 3
    monkeypatch.undo()
    assert len((await keeper.fresh()).hits(ALL, None).all) == 4
