"""The gateway's tables on a real database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

import gateway.storage
from chassis.db.executor import Executor
from chassis.kernel.ids import new_id
from chassis.testing.clock import START, FakeClock
from chassis.testing.migrations import differences
from chassis.testing.postgres import database
from chassis.testing.statements import sent_statements
from gateway.domain.delivery import (
    Delivery,
    DeliveryNotFound,
    DeliveryState,
    FailureReason,
    Template,
    delivery_id,
    new_delivery,
)
from gateway.messaging.inbound import handlers
from gateway.messaging.outbound import outbound
from gateway.storage.deliveries import DeliveryQueries
from gateway.storage.read_ahead import read_for
from gateway.storage.tables import metadata
from gateway.storage.unit_of_work import GatewayUnitOfWork
from gateway.tests.builders import BUYER, ORDER, a_message, euro
from gateway.use_cases.mark_failed import MarkFailed, mark_failed
from gateway.use_cases.mark_sent import MarkSent, mark_sent

pytestmark = pytest.mark.storage
MIGRATIONS = Path(gateway.storage.__file__).parent / "migrations"


@pytest.fixture(scope="module")
async def engine() -> AsyncIterator[AsyncEngine]:
    async with database(MIGRATIONS) as engine:
        yield engine


@pytest.fixture
async def executor(engine: AsyncEngine) -> AsyncIterator[Executor[Any]]:
    executor: Executor[Any] = Executor(engine, GatewayUnitOfWork, outbound, FakeClock(), prefetch=read_for)
    await executor.start()
    yield executor
    await executor.stop()


async def test_the_migrations_make_what_the_code_says(engine: AsyncEngine) -> None:
    assert await differences(engine, metadata) == []


async def test_a_delivery_comes_back_as_it_was_stored(executor: Executor[Any]) -> None:
    delivery = new_delivery(
        Template.PAYMENT_PARTIAL, new_id(), {"missing": euro(1)}, START, company_id=BUYER, order_id=ORDER
    )

    async def store(uow: Any, now: datetime) -> None:
        await uow.deliveries.add(delivery)

    async def read(uow: Any, now: datetime) -> Delivery:
        found: Delivery = await uow.deliveries.get(delivery.id)
        return found

    await executor.run(store)
    assert await executor.run(read) == delivery
    await executor.run(partial(mark_failed, MarkFailed(delivery.id, FailureReason.NO_ADDRESS)))
    assert await executor.run(read) == delivery.failed(FailureReason.NO_ADDRESS, START)[0]


async def test_an_unknown_delivery_is_refused_by_name(executor: Executor[Any]) -> None:
    with pytest.raises(DeliveryNotFound):
        await executor.run(partial(mark_failed, MarkFailed(new_id(), FailureReason.NO_ADDRESS)))


async def test_many_mails_cost_as_many_statements_as_one(executor: Executor[Any], engine: AsyncEngine) -> None:
    work = handlers()["orders.order"]

    async def statements(mails: int) -> int:
        messages = [a_message("orders.order", "cancelled") for _ in range(mails)]
        ids = [delivery_id(message.event_id, Template.ORDER_CANCELLED) for message in messages]
        queries = DeliveryQueries(engine)
        with sent_statements(engine) as sent:
            await asyncio.gather(*(executor.run(one) for message in messages if (one := work(message))))
            found = await asyncio.gather(*(queries.get(id) for id in ids))
            assert {one.state for one in found} == {DeliveryState.PENDING}
            await asyncio.gather(*(executor.run(partial(mark_sent, MarkSent(id, BUYER))) for id in ids))
            found = await asyncio.gather(*(queries.get(id) for id in ids))
        assert [(one.state, one.company_id, one.facts) for one in found] == [(DeliveryState.SENT, BUYER, {})] * mails
        return len(sent)

    assert await statements(20) == await statements(1)


async def test_a_fact_leaves_a_delivery_an_errand_and_an_event_together(
    executor: Executor[Any], engine: AsyncEngine
) -> None:
    message = a_message("orders.order", "cancelled")
    work = handlers()["orders.order"](message)
    assert work is not None
    for _ in range(2):
        await executor.run(work)
    async with engine.connect() as connection:
        id = await connection.scalar(
            text("select id from deliveries where event_id = :event_id"), {"event_id": message.event_id}
        )
        errands = await connection.scalar(
            text("select count(*) from timers where kind = 'send_mail' and key = :id"), {"id": id}
        )
        events = await connection.scalar(text("select count(*) from outbox where aggregate_id = :id"), {"id": id})
    assert (errands, events) == (1, 1)
