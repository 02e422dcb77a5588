"""The consumer: batches from Kafka into the inbox, offsets committed each second, poison messages set aside one by one."""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
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
# What nobody waits for goes along with the next message that somebody does wait for, or after this time by itself.
LATER_SECONDS = 0.25
QUIET_SECONDS = 0.5
# Where messages come several at a time, a wait as long as the last transaction took brings more of them into the next one; a
# single one is in nobody's company and is not held up.
GATHER_SECONDS_MAX = 0.03

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
        # The next offset to be read, and the next one to be applied, by partition. Between them lie messages that nothing
        # comes of but their watermarks: they wait a little for one that somebody waits for and share its transaction.
        self._read: dict[TopicPartition, int] = {}
        self._done: dict[TopicPartition, int] = {}
        self._taken: list[Message] = []
        self._taken_since = 0.0
        self._concerned = False
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
        """How many records something may still come of, asked from the broker now; -1 while there is no assignment yet."""
        if self._consumer is None or not (assigned := self._consumer.assignment()):
            return -1
        ends = await self._consumer.end_offsets(assigned)
        return sum([end - await self._position(tp) for tp, end in ends.items()])

    async def _position(self, tp: TopicPartition) -> int:
        assert self._consumer is not None
        offsets = self._done if self._concerned else self._read
        if tp in offsets:
            return offsets[tp]
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
        self._read, self._done, self._taken = {}, {}, []
        await consumer.start()
        self._consumer = consumer
        try:
            committed_at = time.monotonic()
            while True:
                batches = await consumer.getmany(timeout_ms=self._patience_ms(), max_records=BATCH)
                if await self._take(batches):
                    await asyncio.sleep(await self._apply_taken())
                if time.monotonic() - committed_at > COMMIT_EVERY_SECONDS:
                    await self._commit(consumer)
                    committed_at = time.monotonic()
        finally:
            self._consumer = None
            with contextlib.suppress(Exception):
                await self._commit(consumer)
            with contextlib.suppress(Exception):
                await consumer.stop()

    def _patience_ms(self) -> int:
        return int(1_000 * (LATER_SECONDS if self._taken else QUIET_SECONDS))

    async def _take(self, batches: Mapping[TopicPartition, Sequence[ConsumerRecord[bytes, bytes]]]) -> bool:
        """Put what came to what waits; answers whether it is to be applied now."""
        if not self._taken:
            self._taken_since = time.monotonic()
        self._concerned = self._careful
        for tp, records in batches.items():
            for record in records:
                message = await self._message(record)
                if message is not None:
                    self._taken.append(message)
                    self._concerned = self._concerned or self._inbox.concerns(message)
            self._read[tp] = records[-1].offset + 1
        if not self._taken:
            self._done.update(self._read)
        late = len(self._taken) >= BATCH or time.monotonic() - self._taken_since >= LATER_SECONDS
        return bool(self._taken) and (self._concerned or late)

    async def _apply_taken(self) -> float:
        """Apply what waits; answers for how long it pays to let more of them come."""
        messages, self._taken = self._taken, []
        began = time.monotonic()
        await self._handle(messages)
        self._done.update(self._read)
        self._concerned = False
        reach("consumer.handled_not_committed")
        took = time.monotonic() - began
        return max(self._gather_seconds, min(took, GATHER_SECONDS_MAX) if len(messages) > 1 else 0.0)

    async def _commit(self, consumer: AIOKafkaConsumer) -> None:
        owned = consumer.assignment()
        offsets = {tp: offset for tp, offset in self._done.items() if tp in owned}
        if offsets:
            await consumer.commit(offsets)

    async def _handle(self, messages: Sequence[Message]) -> None:
        handled = messages
        careful, self._careful = self._careful, False
        if not careful:
            try:
                await self._inbox.apply(messages)
                messages = []
            except Exception as error:
                log.warning("consumer.batch_failed", size=len(messages), error=f"{type(error).__name__}: {error}"[:300])
        for message in messages:
            await self._handle_alone(message)
        for message in handled:
            consumed_total.labels(message.topic).inc()

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
