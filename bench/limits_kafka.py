"""How long a message takes through this machine's Kafka and back, with nothing of ours around it."""

import asyncio
import time
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from bench.generator import Load
from chassis.kafka.topics import ensure_topics

_PER_SECOND = 25.0


async def round_trips(bootstrap: str, seconds: float) -> Load:
    """Produce (acks=all) until consumed, one message at a time at 25 a second, with the settings our relay has."""
    topic = f"bench.{uuid4()}"
    await ensure_topics(bootstrap, [topic])
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=0)
    await producer.start()
    await consumer.start()
    waited: list[float] = []
    try:
        # The first one finds the partitions and wakes the reader.
        await producer.send_and_wait(topic, b"{}")
        await consumer.getone()
        cpu, until = time.process_time(), time.monotonic() + seconds
        while time.monotonic() < until:
            began = time.monotonic()
            await producer.send(topic, b'{"order":"0190a0b0-0000-7000-8000-000000000000"}')
            await consumer.getone()
            waited.append(time.monotonic() - began)
            await asyncio.sleep(1 / _PER_SECOND)
        cpu = time.process_time() - cpu
    finally:
        await consumer.stop()
        await producer.stop()
    return Load(len(waited), len(waited), seconds, cpu, waited, 0, None)
