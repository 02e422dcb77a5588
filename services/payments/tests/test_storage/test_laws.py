"""What only a real PostgreSQL can prove: no drift, balanced journals, gapless numbers, one effect per message."""

import asyncio
import random
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.kernel.errors import Invalid
from chassis.kernel.ids import Id, new_id
from chassis.kernel.money import Money
from chassis.testing.migrations import differences
from payments.domain.errors import AccountWouldBeOverdrawn
from payments.domain.ledger_rules import paid_out, transfer_received
from payments.domain.refund import Source, SourceKind
from payments.storage.tables import metadata
from payments.storage.unit_of_work import PaymentsUnitOfWork
from payments.use_cases.invoice_shipment import NumberInvoices, number_invoices
from payments.use_cases.note_dispatch import note_dispatch
from payments.use_cases.note_seller_order import note_seller_order
from payments.use_cases.post_entry import post_entry
from payments.use_cases.refund_unapplied import refund_unapplied
from services.payments.tests.builders import DELIVER_TO, PLATFORM, RULES, a_dispatch, e1_of_seller_a, eur
from services.payments.tests.world import World

pytestmark = pytest.mark.storage


class DeliberatelyUndone(Invalid):
    """Whatever a command did before is rolled back."""

    code = "deliberately_undone"


async def test_the_migrated_database_is_what_the_tables_say(engine: AsyncEngine) -> None:
    assert await differences(engine, metadata) == []


_JOURNAL = "insert into journals (id, kind, cause, currency, posted_at) values (:id, 'P3', :cause, 'EUR', now())"
_POSTING = (
    "insert into postings (journal_id, n, account, currency, side, amount_minor) "
    "values (:id, :n, 'psp.cash', :currency, :side, :minor)"
)


@pytest.mark.parametrize(
    "postings",
    [
        [("EUR", "debit", 100), ("EUR", "credit", 99)],
        [("EUR", "debit", 100)],
        [],
        [("EUR", "debit", 100), ("DKK", "credit", 100)],
        [("DKK", "debit", 100), ("DKK", "credit", 100)],
    ],
)
async def test_the_database_refuses_a_journal_that_does_not_balance(
    engine: AsyncEngine, postings: list[tuple[str, str, int]]
) -> None:
    with pytest.raises(DBAPIError, match="does not balance"):
        await post_by_hand(engine, postings)


async def post_by_hand(engine: AsyncEngine, postings: list[tuple[str, str, int]]) -> None:
    id = new_id()
    async with engine.begin() as connection:
        await connection.execute(text(_JOURNAL), {"id": id, "cause": str(id)})
        for n, (currency, side, minor) in enumerate(postings):
            values = {"id": id, "n": n, "currency": currency, "side": side, "minor": minor}
            await connection.execute(text(_POSTING), values)


@pytest.mark.parametrize(
    "statement",
    [
        "update postings set amount_minor = 1",
        "delete from postings",
        "update journals set cause = 'x'",
        "delete from journals",
    ],
)
async def test_the_books_are_append_only(world: World, statement: str) -> None:
    await world.executor.run(partial(post_entry, transfer_received(new_id(), eur(100)), "test/1"))
    with pytest.raises(DBAPIError, match="append-only"):
        async with world.executor.engine.begin() as connection:
            await connection.execute(text(statement))


async def test_nobody_is_paid_with_anothers_money(world: World) -> None:
    await world.executor.run(partial(post_entry, transfer_received(new_id(), eur(100)), "test/1"))
    with pytest.raises(AccountWouldBeOverdrawn):
        await world.executor.run(partial(post_entry, paid_out(new_id(), eur(1)), "test/2"))
    assert await world.rows("select count(*) from journals") == [(1,)]
    await world.audit()


async def test_the_same_cause_is_booked_once(world: World) -> None:
    entry = transfer_received(new_id(), eur(100))
    await asyncio.gather(*(world.executor.run(partial(post_entry, entry, "test/1")) for _ in range(8)))
    assert await world.names("ledger") == ["ledger.posted"]
    assert (await world.balances())["psp.cash"] == 100


async def test_64_invoices_at_once_are_numbered_without_gaps_although_half_of_the_rivals_roll_back(
    world: World,
) -> None:
    buyer, seller = await world.buyer(), await world.seller()
    order = await world.held(buyer, 156048)
    await world.wire(buyer, 156048)
    shipments = []
    for _ in range(64):
        ordered = e1_of_seller_a(order.order_id, seller, buyer)
        dispatch = a_dispatch(ordered)
        shipments.append(dispatch.shipment_id)
        await world.executor.run(partial(note_seller_order, ordered))
        await world.executor.run(partial(note_dispatch, dispatch))

    async def number_and_fail(shipment_id: Id, uow: PaymentsUnitOfWork, now: datetime) -> None:
        await number_invoices(NumberInvoices(shipment_id, DELIVER_TO), uow, world.clock.now())
        raise DeliberatelyUndone

    async def in_a_connection_of_its_own(shipment_id: Id, fails: bool) -> None:
        async with world.executor.engine.connect() as connection:
            uow = PaymentsUnitOfWork(connection, RULES, PLATFORM)
            await number_invoices(NumberInvoices(shipment_id, DELIVER_TO), uow, world.clock.now())
            await (connection.rollback() if fails else connection.commit())

    async def through_the_executor(shipment_id: Id) -> None:
        with pytest.raises(DeliberatelyUndone):
            await world.executor.run(partial(number_and_fail, shipment_id))

    limit = asyncio.Semaphore(8)

    async def limited(shipment_id: Id, fails: bool) -> None:
        async with limit:
            await in_a_connection_of_its_own(shipment_id, fails)

    attempts = [limited(one, False) for one in shipments]
    attempts += [limited(one, True) for one in shipments[:32]]
    attempts += [through_the_executor(one) for one in shipments[32:48]]
    random.Random(7).shuffle(attempts)
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert [one for one in results if one is not None] == []
    rows = await world.rows("select number from invoices order by n")
    assert [row.number for row in rows] == [f"RPRO-2026-{n:06d}" for n in range(1, 65)]
    await world.audit()


async def test_a_message_in_eight_copies_at_once_has_one_effect(world: World) -> None:
    buyer = await world.buyer()
    await world.held(buyer, 156048)
    credit = await world.wire(buyer, 156048, "100042", hear=False)
    outcomes = await asyncio.gather(*(world.hear_of(credit, "evt_1") for _ in range(8)))
    assert sorted(map(str, outcomes)) == ["None"] * 7 + ["applied"]
    assert await world.names("bank_line") == ["bank_line.received", "bank_line.allocated"]
    assert await world.names("payment") == ["payment.opened", "payment.secured"]
    await world.audit()


async def test_a_credit_told_twice_under_different_event_ids_is_booked_once(world: World) -> None:
    buyer = await world.buyer()
    await world.held(buyer, 156048)
    credit = await world.wire(buyer, 156048, "100042", hear=False)
    await asyncio.gather(*(world.hear_of(credit) for _ in range(4)))
    assert (await world.balances())["psp.cash"] == 156048


async def test_a_double_click_on_a_refund_is_one_refund(world: World) -> None:
    buyer = await world.buyer()
    await world.wire(buyer, 500, "")
    ((line_id, credit_id, wallet_id),) = await world.rows("select id, credit_id, wallet_id from bank_lines")
    source = Source(SourceKind.BANK_CREDIT, line_id, credit_id, wallet_id)
    refund = partial(refund_unapplied, source, buyer, Money(500, "EUR"), "asked")
    await asyncio.gather(*(world.executor.run(refund) for _ in range(8)))
    assert await world.names("refund") == ["refund.created"]
    await world.audit()


async def test_refunds_for_different_reasons_stay_within_the_credit(world: World) -> None:
    buyer = await world.buyer()
    await world.wire(buyer, 500, "")
    await world.wire(buyer, 500, "")
    (line_id, credit_id, wallet_id), _ = await world.rows("select id, credit_id, wallet_id from bank_lines order by id")
    source = Source(SourceKind.BANK_CREDIT, line_id, credit_id, wallet_id)
    await world.executor.run(partial(refund_unapplied, source, buyer, Money(400, "EUR"), "first"))
    with pytest.raises(DBAPIError, match="exceed"):
        await world.executor.run(partial(refund_unapplied, source, buyer, Money(101, "EUR"), "second"))
    await world.audit()


async def test_a_thousand_random_wires_are_all_accounted_for(world: World) -> None:
    dice = random.Random(20261121)
    buyers = [await world.buyer() for _ in range(4)]
    numbers: dict[Id, list[str]] = {}
    for place, buyer in enumerate(buyers):
        numbers[buyer] = [str(100_000 + place * 100 + n) for n in range(20)]
        for number in numbers[buyer]:
            await world.held(buyer, dice.randint(1, 5000), number)
    sent = 0
    wires = []
    for _ in range(1000):
        buyer, minor = dice.choice(buyers), dice.randint(1, 3000)
        remittance = dice.choice(["", "thanks", *numbers[buyer], *numbers[dice.choice(buyers)][:3]])
        sent += minor
        wires.append(await world.wire(buyer, minor, remittance, hear=False))
    for start in range(0, 1000, 50):
        await asyncio.gather(*(world.hear_of(credit) for credit in wires[start : start + 50]))
    sums = {row.kind: row.minor for row in await world.rows(
        "select kind, sum(amount_minor)::bigint as minor from allocations group by kind")}  # fmt: skip
    assert sum(sums.values()) == sent
    ((received,),) = await world.rows("select sum(received_minor)::bigint from payments")
    assert sums["order"] == received
    balances = await world.balances()
    assert balances["psp.cash"] == sent
    assert sum(minor for name, minor in balances.items() if name.startswith("buyer.unapplied:")) == sums["unapplied"]
    await world.audit()
