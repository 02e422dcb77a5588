"""Offers remembered by version: nothing that never came true, and nothing that somebody else has changed since."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from catalog.domain.offer import OfferPatch
from catalog.use_cases.push_offers import push_offers
from chassis.kernel.ids import Id

from ..builders import a_patch, a_push, euros

pytestmark = pytest.mark.storage


async def push(catalog: Any, seller_id: Id, *patches: OfferPatch) -> list[str]:
    catalog.clock.advance(seconds=1)
    lines = await catalog.executor.run(partial(push_offers, a_push(seller_id, *patches)))
    return [line.status.value for line in lines]


def at(price: int) -> OfferPatch:
    return OfferPatch(sku="A-1", price=euros(price))


async def change_elsewhere(catalog: Any, price: int) -> None:
    async with catalog.engine.begin() as connection:
        statement = text("update offers set price_minor = :price, version = version + 1")
        await connection.execute(statement, {"price": price})


async def test_what_never_came_true_is_not_remembered(catalog: Any) -> None:
    seller = await catalog.admit()
    await push(catalog, seller.id, a_patch(price=euros(40_000)))

    async def fails_at_its_end() -> None:
        async with catalog.executor.transaction(cause="test") as transaction:
            lines = await transaction.run(partial(push_offers, a_push(seller.id, at(41_000))))
            assert [line.status.value for line in lines] == ["updated"]
            await transaction.connection.flush()
            raise ConnectionError("the database is away")

    with pytest.raises(ConnectionError):
        await fails_at_its_end()
    # Another process writes a version with the number of the one that never was.
    await change_elsewhere(catalog, 42_000)
    assert await push(catalog, seller.id, at(41_000)) == ["updated"]
    assert await catalog.rows("select version, price_minor from offers") == [(3, 41_000)]


async def test_what_another_process_wrote_is_read(catalog: Any) -> None:
    seller = await catalog.admit()
    await push(catalog, seller.id, a_patch(price=euros(40_000)))
    assert await push(catalog, seller.id, at(40_000)) == ["unchanged"]
    await change_elsewhere(catalog, 41_000)
    assert await push(catalog, seller.id, at(41_000)) == ["unchanged"]
    assert await push(catalog, seller.id, at(40_000)) == ["updated"]


async def test_pushes_that_share_a_transaction_find_what_the_one_before_wrote(catalog: Any) -> None:
    seller = await catalog.admit()
    await push(catalog, seller.id, a_patch(price=euros(40_000)))
    async with catalog.executor.transaction(cause="test") as transaction:
        works = [partial(push_offers, a_push(seller.id, at(price))) for price in (41_000, 42_000, 42_000)]
        await transaction.read_ahead(works)
        found = [(await transaction.run(work))[0].status.value for work in works]
    assert found == ["updated", "updated", "unchanged"]
    assert await push(catalog, seller.id, at(42_000)) == ["unchanged"]
    assert await catalog.rows("select version, price_minor from offers") == [(3, 42_000)]
