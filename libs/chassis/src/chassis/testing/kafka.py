"""Reading a topic from its beginning, as an auditor would: no group, no offsets kept."""

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition


async def records_of(bootstrap: str, topic: str, at_least: int = 0, *, seconds: float = 60.0) -> list[Any]:
    """All records of a topic, waiting until there are `at_least` so many."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, p) for p in await _partitions(consumer, topic)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning()
        found: list[Any] = []
        async with asyncio.timeout(seconds):
            while True:
                batches = await consumer.getmany(timeout_ms=100)
                found.extend(record for records in batches.values() for record in records)
                ends = await consumer.end_offsets(partitions)
                positions = [await consumer.position(tp) >= end for tp, end in ends.items()]
                if all(positions) and len(found) >= at_least:
                    return found
    finally:
        await consumer.stop()


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> list[int]:
    await consumer._client.force_metadata_update()
    return sorted(consumer._client.cluster.partitions_for_topic(topic) or [])
