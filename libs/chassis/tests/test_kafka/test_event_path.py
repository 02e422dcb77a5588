"""The event path on a real broker: outbox → relay → Kafka → consumer, with crashes and poison."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from toy.service import TOPIC, RaiseCounter, ToyUnitOfWork, outbound, raise_counter

from chassis.db.executor import Executor, Work
from chassis.db.outbox import PublicEvent
from chassis.kafka.consumer import ATTEMPTS_MAX, Consumer
from chassis.kafka.envelope import Message
from chassis.kafka.inbox import Inbox
from chassis.kafka.relay import Relay
from chassis.kafka.replay import replay
from chassis.kafka.topics import PARTITIONS, ensure_topics
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id, new_id
from chassis.testing.clock import FakeClock
from chassis.testing.kafka import records_of
from chassis.testing.wait import until
from launcher.testing import kafka_server

pytestmark = [pytest.mark.storage, pytest.mark.kafka]


class Path:
    """A toy service that writes to a topic of its own and, as a second role, reads it back into its counters."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.topic = f"{TOPIC}.{new_id().hex}"
        self.engine = engine
        self.bootstrap = kafka_server()
        self.executor = Executor(engine, ToyUnitOfWork, self._outbound, FakeClock())
        self.relay = Relay(engine, self.bootstrap, "toy", self.executor.wake_relay)

    def _outbound(self, event: DomainEvent) -> PublicEvent:
        public = outbound(event)
        return PublicEvent(
            topic=self.topic, type=public.type, aggregate_id=public.aggregate_id, seq=public.seq, data=public.data
        )

    async def raised(self, counter: Id, step: int = 1) -> None:
        await self.executor.run(partial(raise_counter, RaiseCounter(counter, step)))

    async def records(self, expected: int) -> list[Any]:
        return await records_of(self.bootstrap, self.topic, expected)

    async def count(self, table: str) -> int:
        async with self.engine.connect() as connection:
            return int((await connection.execute(text(f"select count(*) from {table}"))).scalar_one())


@pytest.fixture
async def path(engine: AsyncEngine) -> AsyncIterator[Path]:
    path = Path(engine)
    await ensure_topics(path.bootstrap, [path.topic])
    await path.executor.start()
    yield path
    await path.executor.stop()


@contextlib.asynccontextmanager
async def running(*parts: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(part()) for part in parts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_committed_facts_reach_kafka_in_each_aggregates_order(path: Path) -> None:
    counters = [new_id() for _ in range(3)]
    async with running(path.relay.run):
        for _ in range(10):
            for counter in counters:
                await path.raised(counter)
        records = await path.records(30)
        await until(lambda: path.count("outbox"), 0)
    for counter in counters:
        seqs = [dict(record.headers)["ce_seq"] for record in records if record.key.decode() == str(counter)]
        assert seqs == [str(n).encode() for n in range(1, 11)]
    assert await path.count("outbox_archive") == 30


async def test_a_relay_that_dies_before_it_marks_publishes_again_and_loses_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        await path.raised(new_id())
    producer = AIOKafkaProducer(bootstrap_servers=path.bootstrap, acks="all", enable_idempotence=False)
    await producer.start()

    def die(name: str) -> None:
        raise SystemError(name)

    monkeypatch.setattr("chassis.kafka.relay.reach", die)
    async with path.engine.connect() as connection:
        with pytest.raises(SystemError):
            await path.relay.publish_batch(connection, producer)
    await producer.stop()
    monkeypatch.undo()
    assert await path.count("outbox") == 5
    async with running(path.relay.run):
        records = await path.records(10)
        await until(lambda: path.count("outbox_archive"), 5)
    ids = [dict(record.headers)["ce_id"] for record in records]
    assert len(set(ids)) == 5


async def test_a_relay_that_lost_the_broker_does_not_lock_itself_out(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Several connections in the pool, as in any service that was busy once: the next start gets another one.
    async with contextlib.AsyncExitStack() as busy:
        for _ in range(4):
            await busy.enter_async_context(path.engine.connect())
    troubles = [ConnectionError("the broker is gone")] * 3

    def trouble(name: str) -> None:
        if troubles:
            raise troubles.pop()

    monkeypatch.setattr("chassis.kafka.relay.reach", trouble)
    async with running(path.relay.run):
        await path.raised(new_id())
        await until(lambda: path.count("outbox_archive"), 1)
    assert troubles == []


def consumer_of(path: Path, engine: AsyncEngine, executor: Executor[ToyUnitOfWork], group: str) -> Consumer[Any]:
    def on_message(message: Message) -> Work[ToyUnitOfWork, Any]:
        return partial(raise_counter, RaiseCounter(message.aggregate_id, message.data["step"]))

    inbox = Inbox(executor, group, {path.topic: on_message})
    return Consumer(inbox, engine, path.bootstrap, group)


async def test_a_consumer_applies_everything_once_and_says_when_it_is_done(path: Path, engine: AsyncEngine) -> None:
    from toy.service import MIGRATIONS

    from chassis.testing.postgres import database

    counter = new_id()
    for _ in range(20):
        await path.raised(counter)
    async with database(MIGRATIONS) as other:
        executor = Executor(other, ToyUnitOfWork, outbound, FakeClock())
        group = f"reader-{new_id().hex}"
        consumer = consumer_of(path, other, executor, group)
        async with running(path.relay.run, consumer.run):
            await until(lambda: path.count("outbox"), 0)
            await until(consumer.lag, 0)
        # A second life that starts from the beginning again: every message is a repeat and changes nothing.
        again = consumer_of(path, other, executor, group)
        async with running(again.run):
            await until(again.lag, 0)
        async with other.connect() as connection:
            row = (await connection.execute(text("select total, version from counters"))).one()
    assert tuple(row) == (20, 20)


async def test_what_concerns_nobody_counts_as_handled_and_is_put_behind_soon(path: Path, engine: AsyncEngine) -> None:
    from toy.service import MIGRATIONS

    from chassis.testing.postgres import database

    async with database(MIGRATIONS) as other:
        executor = Executor(other, ToyUnitOfWork, outbound, FakeClock())
        group = f"reader-{new_id().hex}"
        consumer = Consumer(Inbox(executor, group, {path.topic: lambda message: None}), other, path.bootstrap, group)

        async def watermark() -> int:
            async with other.connect() as connection:
                return int(
                    (await connection.execute(text("select coalesce(max(seq), 0) from watermarks"))).scalar_one()
                )

        counter = new_id()
        async with running(path.relay.run, consumer.run):
            # The first batch of a process is taken with care, one by one.
            await path.raised(counter)
            await until(watermark, 1)
            for _ in range(3):
                await path.raised(counter)
            await until(watermark, 4)
            await until(consumer.lag, 0)


async def test_a_poison_message_parks_its_aggregate_and_the_others_go_on(path: Path, engine: AsyncEngine) -> None:
    from toy.service import MIGRATIONS

    from chassis.testing.postgres import database

    poisoned, healthy = new_id(), new_id()
    mended: list[bool] = []

    def on_message(message: Message) -> Work[ToyUnitOfWork, Any]:
        step = message.data["step"]
        return partial(raise_counter, RaiseCounter(message.aggregate_id, -1 if step == 13 and not mended else step))

    async with database(MIGRATIONS) as other:
        executor = Executor(other, ToyUnitOfWork, outbound, FakeClock())
        group = f"reader-{new_id().hex}"
        inbox = Inbox(executor, group, {path.topic: on_message})
        consumer = Consumer(inbox, other, path.bootstrap, group)
        for step in (1, 13, 2):
            await path.raised(poisoned, step)
            await path.raised(healthy, 1)
        async with running(path.relay.run, consumer.run):
            await until(lambda: path.count("outbox"), 0)
            await until(consumer.lag, 0)

        async def rows(statement: str) -> list[tuple[Any, ...]]:
            async with other.connect() as connection:
                return [tuple(row) for row in (await connection.execute(text(statement))).all()]

        assert dict(await rows("select id, total from counters")) == {poisoned: 1, healthy: 3}
        assert await rows("select seq, reason, attempts from parked order by seq") == [
            (2, "poison", ATTEMPTS_MAX),
            (3, "behind", 0),
        ]
        mended.append(True)
        assert await inbox.redrive(inbox.handler_of(path.topic), poisoned) == 2
        assert dict(await rows("select id, total from counters")) == {poisoned: 16, healthy: 3}
        assert await rows("select * from parked") == []


async def test_a_record_that_is_no_event_is_set_aside_with_its_reason(path: Path, engine: AsyncEngine) -> None:
    from toy.service import MIGRATIONS

    from chassis.testing.postgres import database

    async with AIOKafkaProducer(bootstrap_servers=path.bootstrap) as producer:
        await producer.send_and_wait(path.topic, b"nonsense", key=b"k")
    async with database(MIGRATIONS) as other:
        executor = Executor(other, ToyUnitOfWork, outbound, FakeClock())
        consumer = consumer_of(path, other, executor, f"reader-{new_id().hex}")
        async with running(consumer.run):
            await until(consumer.lag, 0)
        async with other.connect() as connection:
            row = (await connection.execute(text("select reason, body from parked"))).one()
    assert (row.reason, row.body) == ("not_an_event", b"nonsense")


async def test_a_replay_gives_the_same_bytes_again_and_changes_nothing(path: Path) -> None:
    counters = [new_id() for _ in range(4)]
    for counter in counters:
        await path.raised(counter)
        await path.raised(counter)
    async with running(path.relay.run):
        before = await path.records(8)
        await until(lambda: path.count("outbox"), 0)
    assert await replay(path.engine, path.bootstrap, "toy", path.topic) == 8
    assert await replay(path.engine, path.bootstrap, "toy", "another.topic") == 0
    everything = await path.records(16)

    def shape(records: list[Any]) -> set[tuple[Any, ...]]:
        return {(record.key, record.value, tuple(record.headers)) for record in records}

    assert len(everything) == 16
    assert shape(everything) == shape(before)
    assert len(shape(before)) == 8


async def test_topics_may_be_ensured_by_several_at_once(path: Path) -> None:
    name = f"toy.{new_id().hex}"
    await asyncio.gather(*(ensure_topics(path.bootstrap, [name]) for _ in range(4)))
    consumer = AIOKafkaConsumer(name, bootstrap_servers=path.bootstrap)
    await consumer.start()
    partitions = consumer.partitions_for_topic(name)
    await consumer.stop()
    assert partitions == set(range(PARTITIONS))
