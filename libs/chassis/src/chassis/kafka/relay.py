"""The relay: unpublished outbox rows → Kafka → archive; a row leaves the outbox only after the broker's acknowledgement.

It reads what is not yet published, never "id greater than the last seen": ids do not commit in order. The producer is
not idempotent: after a broker lost its disk, an idempotent producer can get acknowledgements for records that are thrown
away. A crash between acknowledgement and mark publishes a row twice; the consumers' watermarks drop the repeat.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chassis.db import direct
from chassis.db.engine import reading
from chassis.db.locks import Lock
from chassis.kafka.envelope import encode, headers_of
from chassis.kernel.failpoints import reach

log = structlog.get_logger(__name__)

BATCH = 500
SWEEP_SECONDS = 1.0

published_total = Counter("regrade_events_published_total", "Events acknowledged by Kafka", ["topic"])

_READ = (
    "select n, event_id, topic, type, aggregate_id, seq, occurred_at, data, traceparent, cause_id "
    "from outbox order by n limit $1"
)
# One statement moves the rows: an event is in exactly one of the two tables at any time.
_ARCHIVE = (
    "with done as (select * from unnest($1::bigint[], $2::integer[], $3::bigint[]) as d(n, p, o)), "
    "gone as (delete from outbox using done where outbox.n = done.n returning outbox.*, done.p, done.o) "
    "insert into outbox_archive (n, event_id, topic, type, aggregate_id, seq, occurred_at, data, traceparent, cause_id, "
    "kafka_partition, kafka_offset) "
    "select n, event_id, topic, type, aggregate_id, seq, occurred_at, data, traceparent, cause_id, p, o from gone"
)


class Relay:
    """One active copy per service (an advisory lock); woken by the executor's commit, with a sweep each second behind it."""

    def __init__(self, engine: AsyncEngine, bootstrap: str, source: str, wake: asyncio.Event) -> None:
        self._engine = engine
        self._bootstrap = bootstrap
        self._source = source
        self._wake = wake

    async def run(self) -> None:
        """Until cancelled. Whatever breaks (broker, database), start again with a new producer and read what is unpublished."""
        while True:
            producer = make_producer(self._bootstrap)
            try:
                await producer.start()
                # Each of its statements is a transaction of its own, without a round trip for BEGIN and COMMIT.
                async with reading(self._engine).connect() as connection:
                    try:
                        await self._lead(connection, producer)
                    finally:
                        # The lock belongs to the session. In the pool it would keep everybody out, our next start too.
                        await connection.invalidate()
            except Exception as error:
                log.warning("relay.restarts", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(SWEEP_SECONDS)
            finally:
                with contextlib.suppress(Exception):
                    await producer.stop()

    async def _lead(self, connection: AsyncConnection, producer: AIOKafkaProducer) -> None:
        while True:
            (tried,) = await direct.read(connection, "select pg_try_advisory_lock($1) as leads", Lock.RELAY)
            if tried["leads"]:
                break
            await asyncio.sleep(SWEEP_SECONDS)
        while True:
            self._wake.clear()
            while await self.publish_batch(connection, producer) == BATCH:
                pass
            # Not `wait_for`: on Python 3.11 it can swallow a cancellation and hang the shutdown.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._wake.wait()

    async def publish_batch(self, connection: AsyncConnection, producer: AIOKafkaProducer) -> int:
        """Publish up to 500 rows; answers how many there were."""
        rows = await direct.read(connection, _READ, BATCH)
        if not rows:
            return 0
        sent = await self._send(producer, rows)
        reach("relay.acked_not_marked")
        places = [done.partition for done in sent], [done.offset for done in sent]
        await direct.change(connection, _ARCHIVE, [row["n"] for row in rows], *places)
        for row in rows:
            published_total.labels(row["topic"]).inc()
        return len(rows)

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        futures = [await producer.send(row["topic"], **record(self._source, row)) for row in rows]
        return await asyncio.gather(*futures)


def make_producer(bootstrap: str) -> AIOKafkaProducer:
    """The one way events are sent: acknowledged by all replicas, not idempotent (see above), at once."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=False,
        linger_ms=0,
        max_batch_size=256 * 1024,
        max_request_size=4 * 1024 * 1024,
        request_timeout_ms=10_000,
    )


def record(source: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Key, headers and value of an outbox or archive row: the same row always makes the same bytes."""
    return {
        "key": str(row["aggregate_id"]).encode(),
        "value": encode(row["data"]),
        "headers": headers_of(
            event_id=row["event_id"],
            type=row["type"],
            source=source,
            seq=row["seq"],
            occurred_at=row["occurred_at"],
            traceparent=row["traceparent"],
            cause_id=row["cause_id"],
        ),
    }
