"""Replay: publish the archive again, for a Kafka that lost its disk. Consumers drop what they already have."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.kafka.relay import BATCH, make_producer, record

_READ = text(
    "select n, event_id, topic, type, aggregate_id, seq, occurred_at, data, traceparent, cause_id from outbox_archive "
    "where n > :after and (cast(:topic as text) is null or topic = :topic) order by n limit :batch"
)


async def replay(engine: AsyncEngine, bootstrap: str, source: str, topic: str | None = None) -> int:
    """Publish every archived event (of one topic), oldest first; answers how many. Safe to run on a live platform."""
    producer = make_producer(bootstrap)
    await producer.start()
    published, after = 0, 0
    try:
        while True:
            async with engine.connect() as connection:
                found = await connection.execute(_READ, {"after": after, "topic": topic, "batch": BATCH})
                rows = found.mappings().all()
            if not rows:
                return published
            sent = [await producer.send(row["topic"], **record(source, dict(row))) for row in rows]
            await asyncio.gather(*sent)
            published += len(rows)
            after = rows[-1]["n"]
    finally:
        await producer.stop()
