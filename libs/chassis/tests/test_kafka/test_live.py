"""Watching facts on a real broker: from now on, again after an absence, and never at the cost of others."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaProducer

from chassis.kafka import live
from chassis.kafka.envelope import encode, headers_of
from chassis.kafka.live import Cursor, End, Fact, LiveFacts, NotACursor, Watcher
from chassis.kafka.topics import ensure_topics
from chassis.kernel.ids import Id, new_id
from launcher.testing import kafka_server

pytestmark = pytest.mark.kafka


class Town:
    """Topics of its own, somebody who writes to them, and the reader under test."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self.prefix = f"t{new_id().hex}."
        self.topics = [f"{self.prefix}order", f"{self.prefix}payment"]
        self.facts = LiveFacts(kafka_server(), [self.prefix])
        self._producer = producer
        self._last_ms = 0

    async def happens(self, n: int, topic: int = 0, *, aggregate: Id | None = None) -> None:
        headers = headers_of(
            event_id=new_id(),
            type=f"{self.topics[topic]}.happened.v1",
            source="town",
            seq=1,
            occurred_at=datetime.now(UTC),
            traceparent=None,
            cause_id=None,
        )
        key = str(aggregate or new_id()).encode()
        # What happens within one millisecond in two partitions has no order.
        self._last_ms = max(self._last_ms + 1, live.now().at_ms)
        await self._producer.send_and_wait(
            self.topics[topic], key=key, value=encode({"n": n}), headers=headers, timestamp_ms=self._last_ms
        )

    async def noise(self) -> None:
        await self._producer.send_and_wait(self.topics[0], key=b"not an id", value=b"not an event")


@pytest.fixture
async def town(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    # How busy the machine is must not decide whether Kafka is there.
    monkeypatch.setattr(live, "READY_SECONDS", 60.0)
    producer = AIOKafkaProducer(bootstrap_servers=kafka_server())
    await producer.start()
    town = Town(producer)
    await ensure_topics(kafka_server(), town.topics)
    for topic in range(2):
        # A broker tells of a new topic a little after it made it; a record in it proves that it is there for everybody.
        await town.happens(0, topic)
    yield town
    await producer.stop()


def everything(topic: str) -> bool:
    return True


def number(fact: Fact) -> int:
    return int(fact.message.data["n"])


async def seen(watcher: Watcher, count: int) -> list[Fact]:
    found = []
    async with asyncio.timeout(60):
        for _ in range(count):
            fact = await watcher.next()
            assert isinstance(fact, Fact)
            found.append(fact)
    return found


async def test_a_watcher_sees_what_happens_from_now_on_and_nothing_older(town: Town) -> None:
    await town.happens(0)
    async with town.facts.watch(everything) as watcher:
        await town.noise()
        order = new_id()
        for n in (1, 2, 3):
            await town.happens(n, aggregate=order)
        facts = await seen(watcher, 3)
    assert [number(fact) for fact in facts] == [1, 2, 3]
    assert {fact.message.aggregate_id for fact in facts} == {order}


async def test_all_watch_through_one_reader_and_each_sees_what_it_asked_for(town: Town) -> None:
    async with (
        town.facts.watch(everything) as one,
        town.facts.watch(lambda topic: topic == town.topics[1]) as other,
    ):
        assert town.facts.watching == 2
        await town.happens(1)
        await town.happens(2, topic=1)
        assert sorted(number(fact) for fact in await seen(one, 2)) == [1, 2]
        assert [number(fact) for fact in await seen(other, 1)] == [2]
    assert town.facts._task is None


async def test_who_was_away_is_given_what_it_missed_and_goes_on_without_a_seam(town: Town) -> None:
    async with town.facts.watch(everything) as watcher:
        await town.happens(1)
        (last,) = await seen(watcher, 1)
    for n in range(2, 8):
        await town.happens(n, topic=n % 2)
    async with town.facts.watch(everything, Cursor.parse(str(last.cursor))) as watcher:
        await town.happens(8)
        missed = await town.facts.missed(watcher)
        # Those of the last seconds (0) may come once more; what was seen last does not.
        assert [number(fact) for fact in missed or () if number(fact)] == [2, 3, 4, 5, 6, 7]
        assert [number(fact) for fact in await seen(watcher, 1)] == [8]


async def test_who_saw_nothing_yet_is_helped_by_the_moment_it_came(town: Town) -> None:
    began = live.now()
    await town.happens(1)
    async with town.facts.watch(everything, Cursor.parse(str(began))) as watcher:
        missed = await town.facts.missed(watcher)
    assert [number(fact) for fact in missed or () if number(fact)] == [1]


async def test_who_missed_too_much_is_told_so(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MISSED_MAX", 2)
    began = live.now()
    for n in range(3):
        await town.happens(n)
    async with town.facts.watch(everything, began) as watcher:
        assert await town.facts.missed(watcher) is None


async def test_a_slow_watcher_is_let_go_and_the_others_lose_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "WAITING_MAX", 3)
    async with town.facts.watch(everything) as slow, town.facts.watch(everything) as quick:
        found = []
        for n in range(5):
            await town.happens(n)
            found += await seen(quick, 1)
        assert [number(fact) for fact in found] == [0, 1, 2, 3, 4]
        assert slow.ended is End.TOO_SLOW
        assert await slow.next() is End.TOO_SLOW
        assert quick.ended is None


async def test_a_topic_that_is_born_meanwhile_is_watched_from_its_first_fact(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "NEW_TOPICS_EVERY_SECONDS", 0.0)
    async with town.facts.watch(everything) as watcher:
        town.topics.append(f"{town.prefix}claim")
        await ensure_topics(kafka_server(), town.topics)
        await town.happens(1, topic=2)
        await town.happens(2)
        assert sorted(number(fact) for fact in await seen(watcher, 2)) == [1, 2]


async def test_at_the_end_of_the_process_everybody_is_told(town: Town) -> None:
    async with town.facts.watch(everything) as watcher:
        waiting = asyncio.create_task(watcher.next())
        await asyncio.sleep(0)
        town.facts.close()
        assert await waiting is End.CLOSING
        async with town.facts.watch(everything) as late:
            assert await late.next() is End.CLOSING


async def test_without_kafka_the_watcher_is_told_at_once_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "READY_SECONDS", 0.2)
    facts = LiveFacts("127.0.0.1:1", ["t."])
    with pytest.raises(live.FactsNotReadable):
        async with facts.watch(everything):
            raise AssertionError("there is nothing to watch")
    assert facts._task is None


@pytest.mark.parametrize("text", ["", "x", "a/b/c/d", "t/1/2", "t/-1/2/3", "/", "/x", "t/1/2/" + "9" * 19, "t/1/²/3"])
def test_a_cursor_that_is_none_of_ours_is_refused(text: str) -> None:
    with pytest.raises(NotACursor):
        Cursor.parse(text)


@pytest.mark.parametrize("cursor", [Cursor(17), Cursor(17, "orders.order", 3, 41)])
def test_a_cursor_comes_back_as_it_went_out(cursor: Cursor) -> None:
    assert Cursor.parse(str(cursor)) == cursor
