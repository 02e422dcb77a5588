"""Creates the topics a service writes and reads: keyed, 4 partitions, kept for ever."""

import asyncio
from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

# Each reading asks about every partition, so more of them than copies that read cost everybody time. They can be added
# while all runs: an aggregate's fact that comes before its turn waits for the ones before it.
PARTITIONS = 4


async def ensure_topics(bootstrap: str, names: Iterable[str], *, replication: int = 1) -> None:
    """Create what is missing; several services may try at once."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await _started(admin)
    try:
        missing = sorted(set(names) - set(await admin.list_topics()))
        for name in missing:
            topic = NewTopic(
                name, PARTITIONS, replication, topic_configs={"retention.ms": "-1", "cleanup.policy": "delete"}
            )
            try:
                answer = await admin.create_topics([topic])
            except TopicAlreadyExistsError:
                continue
            for _, code, *rest in answer.topic_errors:
                if code not in (0, TopicAlreadyExistsError.errno):
                    raise KafkaError(f"topic {name} could not be created: {rest}")
    finally:
        await admin.close()


async def _started(admin: AIOKafkaAdminClient, *, tries: int = 60) -> None:
    for left in reversed(range(tries)):
        try:
            await admin.start()
            return
        except KafkaError:
            if left == 0:
                raise
            await asyncio.sleep(0.5)
