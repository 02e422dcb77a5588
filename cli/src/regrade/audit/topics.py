"""Reads all of the platform's topics from the first offset, in no consumer group, so that nobody notices."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from regrade.audit.facts import Event
from regrade.audit.progress import Advance

SERVICES = ("accounts", "catalog", "orders", "payments", "aftersales", "gateway")
_POLL_MS = 1000


@dataclass(frozen=True)
class Topics:
    """All records, those that could not be read, partitions whose beginning was deleted, and where it ended."""

    events: tuple[Event, ...]
    unreadable: tuple[str, ...]
    trimmed: tuple[str, ...]
    end: int


async def read_topics(bootstrap: str, advance: Advance, ending: str = "") -> Topics:
    """Everything up to the ends as they are when it begins; of topics whose name ends so, if that is asked."""
    consumer = await _open(bootstrap)
    try:
        partitions = [one for one in await _partitions(bootstrap) if one.topic.endswith(ending)]
        begins = await consumer.beginning_offsets(partitions) if partitions else {}
        ends = await consumer.end_offsets(partitions) if partitions else {}
        events, unreadable = await _read(consumer, begins, ends, advance)
    finally:
        await consumer.stop()
    trimmed = tuple(f"{one.topic}/{one.partition}, up to offset {begin}" for one, begin in begins.items() if begin)
    return Topics(tuple(events), tuple(unreadable), trimmed, sum(ends.values()))


async def read_end(bootstrap: str) -> int:
    """How many records all topics have had; it grows with each."""
    consumer = await _open(bootstrap)
    try:
        partitions = await _partitions(bootstrap)
        return sum((await consumer.end_offsets(partitions)).values()) if partitions else 0
    finally:
        await consumer.stop()


def canonical_hash(data: Any) -> str:
    """The hash of what JSON says, whatever its spacing and the order of its keys."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


async def _open(bootstrap: str) -> AIOKafkaConsumer:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, max_poll_records=5000)
    try:
        await consumer.start()
    except BaseException:
        await consumer.stop()
        raise
    return consumer


async def _partitions(bootstrap: str) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        ours = sorted(topic for topic in await admin.list_topics() if topic.partition(".")[0] in SERVICES)
        described = await admin.describe_topics(ours) if ours else []
    finally:
        await admin.close()
    return [TopicPartition(one["topic"], part["partition"]) for one in described for part in one["partitions"]]


async def _read(
    consumer: AIOKafkaConsumer, begins: dict[TopicPartition, int], ends: dict[TopicPartition, int], advance: Advance
) -> tuple[list[Event], list[str]]:
    left = {one for one, end in ends.items() if end > begins[one]}
    total = sum(ends[one] - begins[one] for one in left)
    events: list[Event] = []
    unreadable: list[str] = []
    consumer.assign(sorted(left))
    for one in left:
        consumer.seek(one, begins[one])
    while left:
        batches = await consumer.getmany(*left, timeout_ms=_POLL_MS)
        for records in batches.values():
            for record in records:
                if record.offset < ends[TopicPartition(record.topic, record.partition)]:
                    _take(record, events, unreadable)
        advance(len(events), total)
        for one in list(left):
            # Asked of the position, not of the last record: offsets may have holes.
            if await consumer.position(one) >= ends[one]:
                left.discard(one)
    return events, unreadable


def _take(record: Any, events: list[Event], unreadable: list[str]) -> None:
    try:
        events.append(_event(record))
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        unreadable.append(f"{record.topic}/{record.partition}@{record.offset}: {type(error).__name__}")


def _event(record: Any) -> Event:
    headers = {name: value.decode() for name, value in record.headers}
    data = json.loads(record.value)
    if not isinstance(data, dict):
        raise ValueError("the body is no object")
    raw = hashlib.sha256()
    for part in (record.topic, record.key.decode(), headers["ce_id"], headers["ce_type"], headers["ce_seq"]):
        raw.update(part.encode() + b"\x00")
    raw.update(record.value)
    return Event(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        logged_at_ms=record.timestamp,
        key=record.key.decode(),
        id=headers["ce_id"],
        type=headers["ce_type"],
        seq=int(headers["ce_seq"]),
        occurred_at=datetime.fromisoformat(headers["ce_time"]),
        data=data,
        fact=canonical_hash(data),
        raw=raw.hexdigest(),
    )
