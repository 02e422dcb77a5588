"""The log of changes under concurrent commits: whoever follows it hears of everything."""

import asyncio
import random
from functools import partial
from typing import Any

import asyncpg
import pytest

from catalog.domain.reservation import OrderedLine
from catalog.domain.seller import SellerState
from catalog.storage.shelf_keeper import ShelfKeeper
from catalog.use_cases.note_seller import NoteSeller, note_seller
from catalog.use_cases.ports import OfferFilter
from catalog.use_cases.ports_changes import FeedPosition
from catalog.use_cases.push_offers import push_offers
from catalog.use_cases.reserve_stock import ReserveStock, reserve_stock
from chassis.kernel.ids import Id

from ..builders import a_patch, a_push, an_order, euros

pytestmark = pytest.mark.storage


async def push(catalog: Any, seller: Any, *patches: Any) -> list[Id]:
    lines = await catalog.executor.run(partial(push_offers, a_push(seller.id, *patches)))
    return [line.offer_id for line in lines]


async def follow(
    catalog: Any, after: FeedPosition | None, market: str = "fr-pro", limit: int = 200
) -> tuple[list[tuple[Id, int | None]], FeedPosition]:
    """Everything that is there, page by page: the offers, with what is free of those on sale."""
    seen: list[tuple[Id, int | None]] = []
    while True:
        page = await catalog.queries.changes(market, "FR", after, limit)
        seen += [(one.id, one.offer.available if one.offer else None) for one in page.changes]
        after = page.position
        if not page.more:
            return seen, after


async def beside(catalog: Any, database: str | None = None) -> Any:
    """A connection whose transactions the test opens and commits when it likes."""
    url = catalog.engine.url.set(drivername="postgresql", database=database or catalog.engine.url.database)
    return await asyncpg.connect(url.render_as_string(False))


async def test_a_reader_hears_what_is_new_what_changed_and_what_is_gone_and_nothing_twice(catalog: Any) -> None:
    seller = await catalog.admit(markets=("fr-pro", "nl-market"))
    (before,) = await push(catalog, seller, a_patch("A", markets=("fr-pro",)))
    _, here = await follow(catalog, None)
    new, foreign = await push(catalog, seller, a_patch("B", markets=("fr-pro",)), a_patch("C", markets=("nl-market",)))
    seen, here = await follow(catalog, here)
    assert seen == [(new, 5)]
    await catalog.executor.run(partial(reserve_stock, ReserveStock(an_order(OrderedLine(1, before, 2)))))
    seen, here = await follow(catalog, here)
    assert seen == [(before, 3)]
    await push(catalog, seller, a_patch("B", paused=True, markets=("fr-pro",)))
    await push(catalog, seller, a_patch("A", markets=("nl-market",), quantity=None))
    seen, here = await follow(catalog, here)
    assert sorted(seen) == sorted([(new, None), (before, None)])
    await push(catalog, seller, a_patch("C", quantity=5, markets=("nl-market",)))
    assert (await follow(catalog, here))[0] == []
    assert [id for id, _ in (await follow(catalog, here, market="nl-market"))[0]] == []
    await push(catalog, seller, a_patch("C", price=euros(40_000), markets=("nl-market",)))
    assert [id for id, _ in (await follow(catalog, here, market="nl-market"))[0]] == [foreign]


async def test_all_offers_of_a_suspended_seller_are_gone_and_come_back(catalog: Any) -> None:
    seller = await catalog.admit()
    offers = await push(catalog, seller, *(a_patch(f"S{n}") for n in range(30)))
    _, here = await follow(catalog, None)
    for state, available in ((SellerState.SUSPENDED, None), (SellerState.ACTIVE, 5)):
        await catalog.executor.run(partial(note_seller, NoteSeller(seller.id, state)))
        seen, here = await follow(catalog, here, limit=7)
        assert sorted(seen) == sorted((offer, available) for offer in offers)


async def test_what_commits_late_is_not_lost_behind_what_began_later(catalog: Any) -> None:
    seller = await catalog.admit()
    early, late = await push(catalog, seller, a_patch("A"), a_patch("B"))
    _, here = await follow(catalog, None)
    slow = await beside(catalog)
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute("update stock set counted = counted + 1, available = available + 1 where offer_id = $1", early)
    # It began later, has a higher number, and is there first.
    await push(catalog, seller, a_patch("B", quantity=9))
    seen, here = await follow(catalog, here)
    assert seen == []
    await transaction.commit()
    seen, here = await follow(catalog, here)
    assert seen == [(early, 6), (late, 9)]
    assert (await follow(catalog, here))[0] == []
    await slow.close()


async def test_who_writes_in_another_database_of_the_server_holds_nobody_up(catalog: Any) -> None:
    seller = await catalog.admit()
    _, here = await follow(catalog, None)
    stranger = await beside(catalog, "postgres")
    transaction = stranger.transaction()
    await transaction.start()
    await stranger.fetchval("select pg_current_xact_id()")
    (offer,) = await push(catalog, seller, a_patch("A"))
    seen, here = await follow(catalog, here)
    assert seen == [(offer, 5)]
    await transaction.commit()
    assert (await follow(catalog, here))[0] == []
    await stranger.close()


async def test_an_offer_that_changed_often_hides_no_other(catalog: Any) -> None:
    seller = await catalog.admit()
    busy, quiet = await push(catalog, seller, a_patch("A"), a_patch("B"))
    _, here = await follow(catalog, None)
    for n in range(6):
        await push(catalog, seller, a_patch("A", quantity=10 + n))
    await push(catalog, seller, a_patch("B", quantity=1))
    seen, _ = await follow(catalog, here, limit=2)
    assert set(seen) == {(busy, 15), (quiet, 1)}


async def test_a_place_in_another_servers_log_is_no_place_here(catalog: Any) -> None:
    _, here = await follow(catalog, None)
    assert await catalog.queries.changes("fr-pro", "FR", FeedPosition(here.xid + 1_000_000, 1, 0), 10) is None


@pytest.mark.parametrize("seed", range(2))
async def test_readers_and_the_shelf_miss_nothing_of_writers_that_commit_in_any_order(catalog: Any, seed: int) -> None:
    chance = random.Random(seed)
    seller = await catalog.admit()
    offers = await push(catalog, seller, *(a_patch(f"S{n}") for n in range(40)))
    keeper = ShelfKeeper(catalog.queries._reader, fresh_seconds=0)
    await keeper.fresh()
    _, here = await follow(catalog, None)
    writing = True
    committed: set[Id] = set()
    heard: set[Id] = set()

    async def write(own: list[Id]) -> None:
        connection = await beside(catalog)
        for _ in range(25):
            transaction = connection.transaction()
            await transaction.start()
            some = chance.sample(own, 2)
            for id in some:
                await connection.execute(
                    "update stock set counted = counted + 1, available = available + 1 where offer_id = $1", id
                )
                await connection.fetchval("select pg_sleep($1)", chance.random() / 200)
            if chance.random() < 0.2:
                await transaction.rollback()
            else:
                await transaction.commit()
                committed.update(some)
        await connection.close()

    async def read() -> None:
        nonlocal here
        while writing:
            seen, here = await follow(catalog, here, limit=3)
            heard.update(id for id, _ in seen)
            await keeper.fresh()

    reader = asyncio.create_task(read())
    await asyncio.gather(*[write(offers[n::8]) for n in range(8)])
    writing = False
    await reader
    seen, here = await follow(catalog, here, limit=3)
    heard.update(id for id, _ in seen)
    assert heard == committed
    shelf = await keeper.fresh()
    rows = await catalog.rows("select o.n, st.available from offers o join stock st on st.offer_id = o.id")
    for row in rows:
        exactly = OfferFilter("fr-pro", "FR", "EUR", quantity=row.available)
        assert row.n in shelf.hits(exactly, None).all
        assert row.n not in shelf.hits(OfferFilter("fr-pro", "FR", "EUR", quantity=row.available + 1), None).all
