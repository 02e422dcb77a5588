"""A company is forgotten: everything but its invoices at once, and those when the law's time is over."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.kernel.ids import Id, new_id
from payments.domain.views import Reader, Window
from payments.storage.personal_data import PERSONAL_DATA
from payments.storage.queries import PaymentQueries
from payments.use_cases.note_dispatch import note_dispatch
from payments.use_cases.note_seller_order import note_seller_order
from services.payments.tests.builders import BUYER_NAME, DELIVER_TO, a_dispatch, e1_of_seller_a
from services.payments.tests.world import World

pytestmark = pytest.mark.storage

FIRST = Window(None, 10)


async def where_found(engine: AsyncEngine, *canaries: str) -> set[str]:
    """Every table with one of these words in any of its rows."""
    found = set()
    async with engine.connect() as connection:
        names = await connection.execute(text("select tablename from pg_tables where schemaname = 'public'"))
        for table in [row[0] for row in names.all()]:
            rows = await connection.execute(text(f'select row_to_json(t)::text from "{table}" t'))
            if any(canary in row[0] for row in rows.all() for canary in canaries):
                found.add(table)
    return found


async def invoiced(world: World) -> tuple[Id, Id]:
    """A buyer and a seller with an invoice between them, paid by transfer."""
    buyer, seller = await world.buyer(), await world.seller()
    held = await world.held(buyer, 156048)
    ordered = e1_of_seller_a(held.order_id, seller, buyer)
    await world.wire(buyer, 156048, held.number)
    await world.executor.run(partial(note_seller_order, ordered))
    await world.executor.run(partial(note_dispatch, a_dispatch(ordered, world.clock.now())))
    await world.settle()
    return buyer, seller


async def erase(world: World, company_id: Id) -> None:
    body = {"erasure_id": str(new_id()), "company_id": str(company_id), "user_id": None}
    await world.tell("accounts.erasure", "requested", new_id(), body)


async def test_only_the_invoice_names_an_erased_buyer_and_only_for_ten_years(world: World) -> None:
    engine = world.executor.engine
    buyer, seller = await invoiced(world)
    assert {"parties", "psp_accounts", "bank_lines", "psp_events", "invoices"} <= await where_found(engine, BUYER_NAME)
    await erase(world, buyer)
    assert await where_found(engine, BUYER_NAME, DELIVER_TO.name) == {"invoices"}
    queries = PaymentQueries(engine)
    for reader, sees in (
        (Reader(buyer_id=buyer), False),
        (Reader(), False),
        (Reader(seller_id=seller, sees_sealed=True), True),
        (Reader(sees_sealed=True), True),
    ):
        assert bool(await queries.invoices(reader, None, None, FIRST)) is sees, reader
    year = world.clock.now().year
    world.clock.move_to(datetime(year + 10, 12, 31, 23, tzinfo=UTC))
    await world.loop.fire_deadlines()
    assert await where_found(engine, BUYER_NAME) == {"invoices"}
    world.clock.move_to(datetime(year + 11, 1, 2, tzinfo=UTC))
    await world.loop.fire_deadlines()
    assert await where_found(engine, BUYER_NAME, "Reparo SAS") == {"parties", "psp_accounts"}
    async with engine.connect() as connection:
        assert await connection.scalar(text("select count(*) from invoice_files")) == 0
        assert await connection.scalar(text("select count(*) from invoices where number is not null")) == 1
        assert (await connection.execute(text("select * from audit_i14_invoice_numbers"))).all() == []
        assert (await connection.execute(text("select * from audit_i7_bank_lines"))).all() == []


async def test_files_cannot_be_removed_before_their_time(world: World) -> None:
    buyer, _ = await invoiced(world)
    await erase(world, buyer)
    for statement in ("delete from invoice_files", "update invoice_files set sha256 = ''", "truncate invoice_files"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with world.executor.engine.begin() as connection:
                await connection.execute(text(statement))


async def test_money_that_a_seller_waits_for_is_open_business(world: World) -> None:
    buyer, seller = await invoiced(world)
    async with world.executor.engine.connect() as connection:
        of_seller = await PERSONAL_DATA.business(connection, seller)
        of_buyer = await PERSONAL_DATA.business(connection, buyer)
    assert [(one.kind, one.state) for one in of_seller.open] == [("settlement", "pending")]
    # What the buyer paid is the seller's by now; that the parcel is still under way is for orders to say.
    assert of_buyer.open == ()


async def test_a_snapshot_that_was_on_its_way_is_not_written_again(world: World) -> None:
    buyer, _ = await invoiced(world)
    await erase(world, buyer)
    await world.tell("accounts.company", "changed", buyer, {"what": ["contact"], "user_id": None})
    await world.loop.run_errands()
    await asyncio.gather(*world.loop.running)
    assert "parties" not in await where_found(world.executor.engine, BUYER_NAME)


async def test_what_somebody_else_was_answered_about_it_goes_with_it_and_nothing_more(world: World) -> None:
    buyer, other = await world.buyer(), new_id()
    for key, about in (("a", buyer), ("b", other)):
        await world.rows_changed(
            "insert into receipts (tenant, key, fingerprint, status, body) "
            "values (:tenant, :key, '', 200, jsonb_build_object('buyer_id', cast(:about as text)))",
            tenant=str(new_id()),
            key=key,
            about=str(about),
        )
    await erase(world, buyer)
    assert [row.key for row in await world.rows("select key from receipts")] == ["b"]
