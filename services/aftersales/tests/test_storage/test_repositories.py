"""Rows on a real PostgreSQL: what is written is read back, and a database made by the migrations is the one in the code."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from aftersales.domain.coverage import CoverageState
from aftersales.domain.errors import CoverageNotFound, ShipmentNotFound
from aftersales.domain.warranty import SoldLine
from aftersales.main import MIGRATIONS
from aftersales.storage.queries import CoverageQueries
from aftersales.storage.tables import metadata
from aftersales.storage.unit_of_work import AftersalesUnitOfWork
from aftersales.use_cases.note_seller_order import NoteSellerOrder, note_seller_order
from aftersales.use_cases.open_coverage import OpenCoverage, open_coverage
from aftersales.use_cases.ports import Reader, Wanted
from chassis.kernel.ids import new_id
from chassis.testing.migrations import differences
from chassis.testing.postgres import database
from chassis.testing.wait import until
from services.aftersales.tests.builders import (
    CLOSES_AT,
    DELIVERED,
    IN_A_YEAR,
    IN_TWO_YEARS,
    MARKET_FILES,
    SOLD,
    a_coverage,
    a_shipment,
    the_rules,
)

pytestmark = pytest.mark.storage


@pytest.fixture(scope="module")
async def engine() -> AsyncIterator[AsyncEngine]:
    async with database(MIGRATIONS) as engine:
        yield engine


async def test_the_migrations_make_the_tables_of_the_code(engine: AsyncEngine) -> None:
    assert await differences(engine, metadata) == []


async def test_a_coverage_is_read_back_as_it_was_written(engine: AsyncEngine) -> None:
    withdrawable = a_shipment(market="be-shop", to="BE")
    coverages = [
        a_coverage(sold=()),
        a_coverage(CoverageState.CLAIM_WINDOW_CLOSED),
        a_coverage(shipment=withdrawable),
    ]
    async with engine.begin() as connection:
        await AftersalesUnitOfWork(connection).coverages.add(*coverages)
    async with engine.connect() as connection:
        repository = AftersalesUnitOfWork(connection).coverages
        assert [await repository.get(one.id) for one in coverages] == coverages


async def test_a_coverage_is_saved_with_its_moves(engine: AsyncEngine) -> None:
    coverage = a_coverage(sold=())
    async with engine.begin() as connection:
        repository = AftersalesUnitOfWork(connection).coverages
        await repository.add(coverage)
        completed, _ = coverage.set_warranties(SOLD, the_rules())
        closed, _ = completed.close_claim_window(CLOSES_AT)
        await repository.save(completed)
        await repository.save(closed)
    async with engine.connect() as connection:
        (found,) = await AftersalesUnitOfWork(connection).coverages.of_seller_order(coverage.seller_order_id)
    assert found == closed


async def test_the_database_refuses_a_window_that_closed_too_early(engine: AsyncEngine) -> None:
    coverage = replace(a_coverage(CoverageState.CLAIM_WINDOW_CLOSED), closed_at=DELIVERED)
    with pytest.raises(IntegrityError):
        async with engine.begin() as connection:
            await AftersalesUnitOfWork(connection).coverages.add(coverage)


async def test_the_copy_of_a_shipment_is_kept_as_it_came_first(engine: AsyncEngine) -> None:
    shipment = a_shipment()
    async with engine.begin() as connection:
        uow = AftersalesUnitOfWork(connection)
        await uow.shipments.add(shipment)
        await uow.shipments.add(replace(shipment, delivery_country="DE"))
        assert await uow.shipments.get(shipment.id) == shipment
        with pytest.raises(ShipmentNotFound):
            await uow.shipments.get(new_id())


async def test_sold_lines_are_kept_as_they_came_first(engine: AsyncEngine) -> None:
    seller_order_id = new_id()
    async with engine.begin() as connection:
        uow = AftersalesUnitOfWork(connection)
        assert await uow.sold_lines.of(seller_order_id) == []
        await uow.sold_lines.add(seller_order_id, [SoldLine(2, None), SoldLine(1, 24)])
        await uow.sold_lines.add(seller_order_id, [SoldLine(1, 36), SoldLine(3, 6)])
        assert await uow.sold_lines.of(seller_order_id) == [SoldLine(1, 24), SoldLine(2, None), SoldLine(3, 6)]


async def test_a_delivery_and_its_offers_never_miss_each_other(engine: AsyncEngine) -> None:
    """Two copies of the service handle both facts at once: the offers wait until the delivery is committed."""
    shipment = a_shipment()

    async def note_offers() -> None:
        async with engine.begin() as rival:
            command = NoteSellerOrder(shipment.seller_order_id, SOLD)
            await note_seller_order(command, MARKET_FILES, AftersalesUnitOfWork(rival), DELIVERED)

    async def waiting() -> int:
        async with engine.connect() as watcher:
            statement = (
                "select count(*) from pg_locks l join pg_database d on d.oid = l.database "
                "where d.datname = current_database() and locktype = 'advisory' and not granted"
            )
            return int((await watcher.execute(text(statement))).scalar_one())

    async with engine.begin() as connection:
        uow = AftersalesUnitOfWork(connection)
        await uow.shipments.add(shipment)
        await open_coverage(OpenCoverage(shipment.id, DELIVERED), MARKET_FILES, uow, DELIVERED)
        rival = asyncio.create_task(note_offers())
        await until(waiting, 1)
    await rival
    found = await CoverageQueries(engine).coverage(Reader(), shipment.id)
    assert [line.warranty_until for line in found.lines] == [IN_TWO_YEARS, IN_A_YEAR]


async def test_readers_see_their_own_page_by_page(engine: AsyncEngine) -> None:
    buyer, seller = new_id(), new_id()
    bought = [a_coverage(shipment=a_shipment(buyer_id=buyer)) for _ in range(2)]
    both = a_coverage(shipment=a_shipment(buyer_id=buyer, seller_id=seller))
    stranger = a_coverage(shipment=a_shipment(seller_id=seller))
    async with engine.begin() as connection:
        await AftersalesUnitOfWork(connection).coverages.add(*bought, both, stranger)
    queries = CoverageQueries(engine)

    of_buyer = sorted([*bought, both], key=lambda one: one.id)
    assert await queries.coverages(Reader(buyer_id=buyer), Wanted(), None, 10) == of_buyer
    assert await queries.coverages(Reader(buyer_id=buyer), Wanted(), None, 2) == of_buyer[:2]
    assert await queries.coverages(Reader(buyer_id=buyer), Wanted(), of_buyer[1].id, 10) == of_buyer[2:]
    of_seller = sorted([both, stranger], key=lambda one: one.id)
    assert await queries.coverages(Reader(seller_id=seller), Wanted(), None, 10) == of_seller
    assert await queries.coverages(Reader(), Wanted(order_id=stranger.order_id), None, 10) == [stranger]
    assert await queries.coverages(Reader(), Wanted(seller_order_id=both.seller_order_id), None, 10) == [both]
    assert await queries.coverages(Reader(buyer_id=buyer), Wanted(order_id=stranger.order_id), None, 10) == []

    assert await queries.coverage(Reader(seller_id=seller), both.id) == both
    for reader, id in ((Reader(buyer_id=buyer), stranger.id), (Reader(), new_id())):
        with pytest.raises(CoverageNotFound):
            await queries.coverage(reader, id)
