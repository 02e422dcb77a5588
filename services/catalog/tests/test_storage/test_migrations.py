"""The migrated database looks exactly as the tables in the code say."""

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from catalog.storage.tables import metadata
from catalog.use_cases.push_offers import push_offers
from chassis.testing.migrations import differences

from ..builders import a_patch, a_push

pytestmark = pytest.mark.storage


async def test_code_and_database_agree(catalog: Any) -> None:
    assert await differences(catalog.engine, metadata) == []


@pytest.mark.parametrize("statement", ["update stock_movements set quantity = 1", "delete from stock_movements"])
async def test_the_stock_book_is_append_only(catalog: Any, statement: str) -> None:
    seller = await catalog.admit()
    await catalog.executor.run(lambda uow, now: push_offers(a_push(seller.id, a_patch()), uow, now))
    with pytest.raises(DBAPIError, match="append-only"):
        await catalog.rows(statement)
    assert len(await catalog.rows("select 1 from stock_movements")) == 1


async def test_no_figure_can_be_invented(catalog: Any) -> None:
    seller = await catalog.admit()
    await catalog.executor.run(lambda uow, now: push_offers(a_push(seller.id, a_patch()), uow, now))
    with pytest.raises(DBAPIError, match="stock_balances"):
        await catalog.rows("update stock set available = available + 1")
