"""The consumer: batches from Kafka into the inbox, offsets committed each second, poison messages set aside one by one."""

import asyncio
import contextlib
import time
from datetime import UTC, datetime
from typing import Any, Generic

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord
from prometheus_client import Counter
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.db.executor import U
from chassis.kafka import parking
from chassis.kafka.envelope import Message, NotAnEvent, parse
from chassis.kafka.inbox import Inbox
from chassis.kernel.failpoints import reach
from chassis.kernel.ids import Id, derived_id

log = structlog.get_logger(__name__)

ATTEMPTS_MAX = 8
BATCH = 500
COMMIT_EVERY_SECONDS = 1.0
# Where messages come several at a time, a short wait brings more of them into the next transaction; a single one is in
# nobody's company and is not held up.
BUSY_GATHER_SECONDS = 0.01

consumed_total = Counter("regrade_events_consumed_total", "Events read from Kafka", ["topic"])
parked_total = Counter("regrade_events_parked_total", "Events set aside", ["topic", "reason"])

_ATTEMPT = text(
    "insert into attempts (handler, event_id, count) values (:handler, :event_id, 1) "
    "on conflict (handler, event_id) do update set count = attempts.count + 1 returning count"
)
_UNREADABLE = Id("00000000-0000-7000-8000-000000000000")


class Consumer(Generic[U]):
    """A static group member per copy (`<service>-<ordinal>`), so that a restart takes over within a second."""

    def __init__(
        self,
        inbox: Inbox[U],
        engine: AsyncEngine,
        bootstrap: str,
        service: str,
        ordinal: int = 0,
        *,
        gather_seconds: float = 0.0,
    ) -> None:
        self._inbox = inbox
        self._engine = engine
        self._bootstrap = bootstrap
        self._service = service
        self._ordinal = ordinal
        self._gather_seconds = gather_seconds
        self._done: dict[TopicPartition, int] = {}
        self._consumer: AIOKafkaConsumer | None = None
        # After a start the first batch is taken one by one with counted attempts: a message that killed the process
        # before must not be able to kill it for ever.
        self._careful = True

    async def run(self) -> None:
        """Until cancelled; whatever breaks, start again from the last committed offsets."""
        while True:
            try:
                await self._consume()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("consumer.restarts", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(1.0)

    async def lag(self) -> int:
        """How many records are still to be handled, asked from the broker now; -1 while there is no assignment yet."""
        if self._consumer is None or not (assigned := self._consumer.assignment()):
            return -1
        ends = await self._consumer.end_offsets(assigned)
        return sum([end - await self._position(tp) for tp, end in ends.items()])

    async def _position(self, tp: TopicPartition) -> int:
        assert self._consumer is not None
        if tp in self._done:
            return self._done[tp]
        committed: int | None = await self._consumer.committed(tp)
        return committed or 0

    async def _consume(self) -> None:
        consumer = AIOKafkaConsumer(
            *self._inbox.topics,
            bootstrap_servers=self._bootstrap,
            group_id=self._service,
            group_instance_id=f"{self._service}-{self._ordinal}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            # An answer comes with the first message; without one the broker is asked about every partition once a second.
            fetch_max_wait_ms=1_000,
            fetch_min_bytes=1,
        )
        self._done = {}
        await consumer.start()
        self._consumer = consumer
        try:
            committed_at = time.monotonic()
            while True:
                batches = await consumer.getmany(timeout_ms=500, max_records=BATCH)
                if batches:
                    await self._handle([record for records in batches.values() for record in records])
                    for tp, records in batches.items():
                        self._done[tp] = records[-1].offset + 1
                    reach("consumer.handled_not_committed")
                    many = sum(map(len, batches.values())) > 1
                    await asyncio.sleep(max(self._gather_seconds, BUSY_GATHER_SECONDS if many else 0.0))
                if time.monotonic() - committed_at > COMMIT_EVERY_SECONDS:
                    await self._commit(consumer)
                    committed_at = time.monotonic()
        finally:
            self._consumer = None
            with contextlib.suppress(Exception):
                await self._commit(consumer)
            with contextlib.suppress(Exception):
                await consumer.stop()

    async def _commit(self, consumer: AIOKafkaConsumer) -> None:
        owned = consumer.assignment()
        offsets = {tp: offset for tp, offset in self._done.items() if tp in owned}
        if offsets:
            await consumer.commit(offsets)

    async def _handle(self, records: list[ConsumerRecord[bytes, bytes]]) -> None:
        messages = [message for record in records if (message := await self._message(record))]
        careful, self._careful = self._careful, False
        if not careful:
            try:
                await self._inbox.apply(messages)
                messages = []
            except Exception as error:
                log.warning("consumer.batch_failed", size=len(messages), error=f"{type(error).__name__}: {error}"[:300])
        for message in messages:
            await self._handle_alone(message)
        for record in records:
            consumed_total.labels(record.topic).inc()

    async def _handle_alone(self, message: Message) -> None:
        """One message, with its attempts counted before it is touched; after 8 its aggregate is parked and the others go on."""
        handler = self._inbox.handler_of(message.topic)
        error: Exception | None = None
        while True:
            async with self._engine.begin() as connection:
                count = (
                    await connection.execute(_ATTEMPT, {"handler": handler, "event_id": message.event_id})
                ).scalar_one()
            if count > ATTEMPTS_MAX:
                await self._park(handler, message, parking.POISON, f"{type(error).__name__}: {error}", count - 1)
                return
            try:
                await self._inbox.apply([message])
            except DBAPIError as failure:
                if failure.connection_invalidated:
                    # The database is away: that is no fault of the message. The consumer starts again when it is back.
                    raise
                error = failure
            except Exception as failure:
                error = failure
            else:
                async with self._engine.begin() as connection:
                    await connection.execute(
                        text("delete from attempts where handler = :handler and event_id = :event_id"),
                        {"handler": handler, "event_id": message.event_id},
                    )
                return
            log.warning("consumer.attempt_failed", type=message.type, attempt=count, error=type(error).__name__)
            await asyncio.sleep(min(0.02 * 2**count, 1.0))

    async def _message(self, record: ConsumerRecord[bytes, bytes]) -> Message | None:
        fields: dict[str, Any] = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        try:
            return parse(**fields, key=record.key, headers=record.headers, body=record.value)
        except NotAnEvent as error:
            where = f"{record.topic}/{record.partition}/{record.offset}"
            unreadable = Message(
                **fields,
                event_id=derived_id(_UNREADABLE, where),
                type="",
                aggregate_id=derived_id(_UNREADABLE, where),
                seq=1,
                occurred_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
                data={},
                headers={name: value.decode(errors="replace") for name, value in record.headers},
                body=record.value or b"",
            )
            await self._park(self._inbox.handler_of(record.topic), unreadable, parking.NOT_AN_EVENT, str(error), 0)
            return None

    async def _park(self, handler: str, message: Message, reason: str, detail: str, attempts: int) -> None:
        async with self._engine.begin() as connection:
            await parking.park(connection, handler, message, reason, detail=detail, attempts=attempts)
        parked_total.labels(message.topic, reason).inc()
        log.error("consumer.parked", topic=message.topic, type=message.type, reason=reason, detail=detail[:200])
