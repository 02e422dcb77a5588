"""Kafka for real: what was acknowledged is found again after a stop and after a kill."""

from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from launcher.java import find_java
from launcher.kafka import KafkaNode
from launcher.kafka_jars import cache_folder, provide_jars
from launcher.paths import clone_root
from launcher.ports import free_port
from launcher.testing import kafka_server

pytestmark = pytest.mark.kafka


async def produce(address: str, topic: str, words: list[bytes]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=address, acks="all")
    await producer.start()
    for word in words:
        await producer.send_and_wait(topic, word, partition=0)
    await producer.stop()


async def consume(address: str, topic: str, number: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition(topic, 0)])
    read = [(await consumer.getone()).value for _ in range(number)]
    await consumer.stop()
    return read


async def test_restart_and_kill_find_what_was_acknowledged(tmp_path: Path) -> None:
    node = KafkaNode(
        home=tmp_path / "kafka",
        port=free_port(),
        controller_port=free_port(),
        log=tmp_path / "log",
        java=find_java(),
        jars=provide_jars(cache_folder(fallback=clone_root() / ".regrade" / "cache")),
    )
    child = node.start()
    try:
        await produce(node.address, "stories", [b"one", b"two"])
        child.stop()
        child = node.start()
        assert await consume(node.address, "stories", 2) == [b"one", b"two"]
        child.kill()
        child = node.start()
        assert await consume(node.address, "stories", 2) == [b"one", b"two"]
    finally:
        child.stop()


async def test_node_of_a_test_run_is_shared_and_works() -> None:
    address = kafka_server()
    assert kafka_server() == address
    await produce(address, "launcher-test", [b"word"])
    assert await consume(address, "launcher-test", 1) == [b"word"]
