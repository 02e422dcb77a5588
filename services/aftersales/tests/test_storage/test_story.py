"""From dispatch to the closed window on a real database: messages in, facts out, the deadline in between."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from aftersales.main import MIGRATIONS, deadlines_of
from aftersales.messaging.inbound import handlers
from aftersales.messaging.outbound import outbound
from aftersales.storage.read_ahead import read_for
from aftersales.storage.unit_of_work import AftersalesUnitOfWork
from chassis.db.executor import Executor
from chassis.db.timer_loop import TimerLoop
from chassis.kafka.envelope import Message
from chassis.kafka.inbox import Inbox
from chassis.testing.clock import FakeClock
from chassis.testing.postgres import database
from chassis.testing.statements import sent_statements
from services.aftersales.tests.builders import (
    CLOSES_AT,
    DELIVERED,
    MARKET_FILES,
    a_shipment,
    delivered,
    dispatched,
    opened,
)

pytestmark = pytest.mark.storage


class Running:
    """The service without its doors: what it is told, what it tells, and its clock."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.clock = FakeClock(DELIVERED)
        self.executor = Executor(engine, AftersalesUnitOfWork, outbound, self.clock, prefetch=read_for)
        self.inbox = Inbox(self.executor, "aftersales", handlers(MARKET_FILES))
        self.timers = TimerLoop(self.executor, deadlines_of(MARKET_FILES))

    async def told(self) -> Sequence[tuple[str, int]]:
        """Type and seq of every public event, in order."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(text("select type, seq from outbox order by n"))
            return [(row.type.removeprefix("aftersales.coverage."), row.seq) for row in rows.all()]


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    async with database(MIGRATIONS) as engine:
        running = Running(engine)
        await running.executor.start()
        yield running
        await running.executor.stop()


async def test_the_claim_window_closes_at_local_midnight_and_not_before(running: Running) -> None:
    shipment = a_shipment()
    await running.inbox.apply([opened(shipment), dispatched(shipment), delivered(shipment)])
    assert await running.told() == [("opened.v1", 1)]

    running.clock.move_to(CLOSES_AT - timedelta(seconds=1))
    assert await running.timers.fire_deadlines() == 0
    running.clock.move_to(CLOSES_AT)
    assert await running.timers.fire_deadlines() == 1
    assert await running.timers.fire_deadlines() == 0
    assert await running.told() == [("opened.v1", 1), ("claim_window_closed.v1", 2)]


ORDERS = {
    "offers first": ([opened, dispatched, delivered], ["opened.v1"]),
    "offers between": ([dispatched, opened, delivered], ["opened.v1"]),
    "offers last": ([dispatched, delivered, opened], ["opened.v1", "warranties_set.v1"]),
    "delivery overtakes": ([delivered, opened, dispatched], ["opened.v1"]),
}


@pytest.mark.parametrize("order", ORDERS)
async def test_any_order_and_every_repeat_leads_to_the_same_coverage(running: Running, order: str) -> None:
    shipment = a_shipment()
    makers, expected = ORDERS[order]
    messages: list[Message] = [make(shipment) for make in makers]
    for message in [*messages, *messages]:
        await running.inbox.apply([message])
    assert [type for type, _ in await running.told()] == expected
    async with running.engine.connect() as connection:
        (lines,) = (await connection.execute(text("select lines from coverages"))).scalars().all()
        open_timers = await connection.execute(text("select due_at from timers where state = 'open'"))
        assert open_timers.scalars().all() == [CLOSES_AT]
    assert [line["warranty_until"] for line in lines] == ["2028-11-20T22:59:59+00:00", "2027-11-20T22:59:59+00:00"]


@pytest.mark.parametrize("order", ORDERS)
async def test_in_one_transaction_any_order_leads_to_the_same_coverage(running: Running, order: str) -> None:
    shipment = a_shipment()
    makers, expected = ORDERS[order]
    await running.inbox.apply([make(shipment) for make in makers])
    assert [type for type, _ in await running.told()] == expected
    async with running.engine.connect() as connection:
        (lines,) = (await connection.execute(text("select lines from coverages"))).scalars().all()
    assert [line["warranty_until"] for line in lines] == ["2028-11-20T22:59:59+00:00", "2027-11-20T22:59:59+00:00"]


async def test_many_seller_orders_cost_as_many_statements_as_one(running: Running) -> None:
    async def statements(count: int) -> int:
        with sent_statements(running.engine) as counted:
            await running.inbox.apply([opened(a_shipment()) for _ in range(count)])
        return len(counted)

    assert await statements(9) == await statements(1)
    async with running.engine.connect() as connection:
        assert (await connection.execute(text("select count(*) from seller_order_lines"))).scalar_one() == 20
