"""Facts as they happen, for watchers: one reader of all topics per process, without a group, fanned out in memory.

The reader runs only while somebody watches. A watcher that was away names the cursor of the last fact it saw and is given
what it missed, from Kafka itself, before it goes on live. Facts may come twice then (their id tells), never not at all.
"""

import asyncio
import contextlib
import heapq
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from chassis.kafka.envelope import Message, NotAnEvent, parse
from chassis.kernel.errors import Unavailable

log = structlog.get_logger(__name__)

# Facts that may wait for one watcher; who is slower than this is let go, so that memory stays bounded.
WAITING_MAX = 1_000
# How far back a watcher is helped. Who was away for longer reads the figures anew.
MISSED_MAX = 5_000
# Clocks of the machines that write to Kafka may differ by so much.
OVERLAP_MS = 5_000
READY_SECONDS = 10.0
NEW_TOPICS_EVERY_SECONDS = 10.0
BATCH = 500

Wanted = Callable[[str], bool]


class FactsNotReadable(Unavailable):
    """Kafka does not answer."""

    code = "facts_not_readable"
    title = "The facts cannot be read at the moment"


class NotACursor(ValueError):
    """The text was not made by us."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the stream: a moment of Kafka's time in milliseconds, and the record that was seen last, if one was."""

    at_ms: int
    topic: str = ""
    partition: int = 0
    offset: int = -1

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}/{self.at_ms}" if self.topic else f"/{self.at_ms}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The cursor of a text, or NotACursor."""
        match text.split("/"):
            case ["", at]:
                return cls(_number(at))
            case [topic, partition, offset, at] if topic:
                return cls(_number(at), topic, _number(partition), _number(offset))
        raise NotACursor(text)


@dataclass(frozen=True, slots=True)
class Fact:
    """A message and its place."""

    message: Message
    cursor: Cursor


class End(StrEnum):
    """Why a watcher gets nothing more."""

    TOO_SLOW = "too_slow"
    CLOSING = "closing"


class Watcher:
    """One who watches: what waits for it, and why it ended."""

    def __init__(self, wanted: Wanted, since: Cursor | None, until: Mapping[TopicPartition, int]) -> None:
        self.wanted = wanted
        self.since = since
        # Where the live facts begin for it; what it missed lies before.
        self.until = dict(until)
        self.ended: End | None = None
        self._facts: deque[Fact] = deque()
        self._bell = asyncio.Event()

    def offer(self, fact: Fact) -> None:
        """Put a fact into its queue; a full queue ends it."""
        if self.ended is not None or not self.wanted(fact.message.topic):
            return
        if len(self._facts) >= WAITING_MAX:
            self.end(End.TOO_SLOW)
            return
        self._facts.append(fact)
        self._bell.set()

    def end(self, why: End) -> None:
        """Nothing more for it; what still waits is dropped."""
        self.ended = why
        self._facts.clear()
        self._bell.set()

    async def next(self) -> Fact | End:
        """The next fact, as soon as there is one, or why there will be none."""
        while not self._facts:
            if self.ended is not None:
                return self.ended
            self._bell.clear()
            await self._bell.wait()
        return self._facts.popleft()


class LiveFacts:
    """The one reader of a process. `prefixes` are the beginnings of the topics it reads, such as `orders.`."""

    def __init__(self, bootstrap: str, prefixes: Sequence[str]) -> None:
        self._bootstrap = bootstrap
        self._prefixes = tuple(prefixes)
        self._watchers: set[Watcher] = set()
        self._users = 0
        self._task: asyncio.Task[None] | None = None
        self._positions: dict[TopicPartition, int] = {}
        self._ready = asyncio.Event()
        self._closed = False
        # Catching up reads a good deal at once; after a restart everybody comes at the same time.
        self._catching_up = asyncio.Semaphore(2)

    @property
    def watching(self) -> int:
        """How many watch, or are about to."""
        return self._users

    @contextlib.asynccontextmanager
    async def watch(self, wanted: Wanted, since: Cursor | None = None) -> AsyncIterator[Watcher]:
        """Watch from now on. Raises FactsNotReadable where Kafka does not answer in time."""
        self._users += 1
        watcher: Watcher | None = None
        try:
            if self._task is None:
                self._task = asyncio.create_task(self._run(), name="live facts")
            try:
                async with asyncio.timeout(READY_SECONDS):
                    await self._ready.wait()
            except TimeoutError as error:
                raise FactsNotReadable() from error
            # In one breath, so that nothing falls between the past and the present.
            watcher = Watcher(wanted, since, self._positions)
            self._watchers.add(watcher)
            if self._closed:
                watcher.end(End.CLOSING)
            yield watcher
        finally:
            if watcher is not None:
                self._watchers.discard(watcher)
            self._users -= 1
            if self._users == 0:
                await self._rest()

    async def missed(self, watcher: Watcher) -> list[Fact] | None:
        """What it missed since its cursor, oldest first; None where that is too much to give."""
        if watcher.since is None:
            return []
        async with self._catching_up:
            consumer = self._consumer()
            try:
                await consumer.start()
                return await self._between(consumer, watcher.since, watcher)
            except (OSError, TimeoutError) as error:
                raise FactsNotReadable() from error
            finally:
                await consumer.stop()

    def close(self) -> None:
        """The process stops: everybody is told, and whoever comes later too."""
        self._closed = True
        for watcher in self._watchers:
            watcher.end(End.CLOSING)

    async def _rest(self) -> None:
        task, self._task = self._task, None
        self._ready.clear()
        self._positions = {}
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def _run(self) -> None:
        """Until cancelled; whatever breaks, go on where it stopped."""
        while True:
            try:
                await self._read()
            except Exception as error:
                log.warning("live.restarts", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(1.0)

    async def _read(self) -> None:
        consumer = self._consumer()
        try:
            await consumer.start()
            await self._take_topics(consumer, anew=True)
            self._ready.set()
            looked_at = time.monotonic()
            while True:
                for record in _in_order((await consumer.getmany(timeout_ms=500, max_records=BATCH)).values()):
                    self._positions[TopicPartition(record.topic, record.partition)] = record.offset + 1
                    if (fact := _fact(record)) is not None:
                        for watcher in self._watchers:
                            watcher.offer(fact)
                if time.monotonic() - looked_at > NEW_TOPICS_EVERY_SECONDS:
                    await self._take_topics(consumer)
                    looked_at = time.monotonic()
        finally:
            with contextlib.suppress(Exception):
                await consumer.stop()

    async def _take_topics(self, consumer: AIOKafkaConsumer, *, anew: bool = False) -> None:
        """Read all partitions: known ones go on, others begin at their end, or at their beginning if they were born just now."""
        cluster = await consumer._client.fetch_all_metadata()
        ours = [topic for topic in sorted(cluster.topics()) if topic.startswith(self._prefixes)]
        partitions = [TopicPartition(t, p) for t in ours for p in sorted(cluster.partitions_for_topic(t) or ())]
        new = [tp for tp in partitions if tp not in self._positions]
        if not new and not anew:
            return
        ask = consumer.beginning_offsets if self._positions else consumer.end_offsets
        self._positions |= await ask(new) if new else {}
        consumer.assign(partitions)
        for tp in partitions:
            consumer.seek(tp, self._positions[tp])

    async def _between(self, consumer: AIOKafkaConsumer, since: Cursor, watcher: Watcher) -> list[Fact] | None:
        wanted = [tp for tp in watcher.until if watcher.wanted(tp.topic)]
        at = max(0, since.at_ms - OVERLAP_MS)
        found = await consumer.offsets_for_times(dict.fromkeys(wanted, at)) if wanted else {}
        begins = {tp: place.offset for tp, place in found.items() if place is not None}
        seen = TopicPartition(since.topic, since.partition)
        if seen in watcher.until and watcher.wanted(seen.topic):
            begins[seen] = since.offset + 1
        left = {tp: (begin, watcher.until[tp]) for tp, begin in begins.items() if begin < watcher.until[tp]}
        if sum(end - begin for begin, end in left.values()) > MISSED_MAX:
            return None
        consumer.assign(list(left))
        for tp, (begin, _) in left.items():
            consumer.seek(tp, begin)
        batches: dict[TopicPartition, list[Any]] = {tp: [] for tp in left}
        async with asyncio.timeout(READY_SECONDS):
            while any([await consumer.position(tp) < end for tp, (_, end) in left.items()]):
                for tp, records in (await consumer.getmany(timeout_ms=200)).items():
                    batches[tp] += [record for record in records if record.offset < left[tp][1]]
        return [fact for record in _in_order(batches.values()) if (fact := _fact(record)) is not None]

    def _consumer(self) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, enable_auto_commit=False, auto_offset_reset="latest", fetch_min_bytes=1
        )


def now() -> Cursor:
    """The place of whoever begins to watch: facts from this moment on."""
    return Cursor(int(time.time() * 1000))


def _in_order(batches: Iterable[Sequence[Any]]) -> Iterable[Any]:
    """By time over all partitions; within one it stays as it is."""
    return heapq.merge(*batches, key=lambda record: record.timestamp)


def _fact(record: ConsumerRecord[bytes, bytes]) -> Fact | None:
    try:
        message = parse(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            key=record.key,
            headers=record.headers,
            body=record.value,
        )
    except NotAnEvent:
        # Those who handle the topic park it; there is nothing to watch in it.
        return None
    return Fact(message, Cursor(record.timestamp, record.topic, record.partition, record.offset))


def _number(text: str) -> int:
    # Longer ones fit into no offset.
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NotACursor(text)
    return int(text)
