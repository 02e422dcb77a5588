"""The inbox: each message once and in order, whatever Kafka repeats, reorders or withholds."""

import json
import random
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from toy.service import RaiseCounter, ToyUnitOfWork, raise_counter

from chassis.db.executor import Executor, Work
from chassis.kafka import parking
from chassis.kafka.envelope import Message, NotAnEvent, encode, headers_of, parse
from chassis.kafka.inbox import Inbox
from chassis.kernel.ids import Id, new_id
from chassis.testing.clock import START
from chassis.testing.statements import sent_statements

pytestmark = pytest.mark.storage

HANDLER = "toy:other.thing"


def message(aggregate: Id, seq: int, *, step: int = 1, type: str = "other.thing.happened.v1") -> Message:
    headers = headers_of(
        event_id=new_id(), type=type, source="other", seq=seq, occurred_at=START, traceparent=None, cause_id=None
    )
    return parse(
        topic="other.thing",
        partition=0,
        offset=seq,
        key=str(aggregate).encode(),
        headers=headers,
        body=encode({"step": step}),
    )


def on_message(message: Message) -> Work[ToyUnitOfWork, Any] | None:
    if message.type != "other.thing.happened.v1":
        return None
    return partial(raise_counter, RaiseCounter(message.aggregate_id, message.data["step"]))


@pytest.fixture
def inbox(executor: Executor[ToyUnitOfWork]) -> Inbox[ToyUnitOfWork]:
    return Inbox(executor, "toy", {"other.thing": on_message})


async def totals(engine: AsyncEngine) -> dict[Id, int]:
    async with engine.connect() as connection:
        return {row.id: row.total for row in (await connection.execute(text("select id, total from counters"))).all()}


async def waiting(engine: AsyncEngine) -> list[tuple[int, str]]:
    async with engine.connect() as connection:
        rows = await connection.execute(text("select seq, reason from parked order by seq"))
        return [(row.seq, row.reason) for row in rows.all()]


async def test_a_batch_is_applied_once_however_often_it_comes(inbox: Inbox[ToyUnitOfWork], engine: AsyncEngine) -> None:
    a, b = new_id(), new_id()
    batch = [message(a, 1), message(b, 1), message(a, 2), message(b, 2, step=5)]
    for _ in range(3):
        await inbox.apply(batch)
    assert await totals(engine) == {a: 2, b: 6}


async def test_a_message_that_comes_too_early_waits_for_its_predecessor(
    inbox: Inbox[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    a = new_id()
    await inbox.apply([message(a, 3, step=100)])
    await inbox.apply([message(a, 2, step=10)])
    assert await totals(engine) == {}
    assert await waiting(engine) == [(2, "gap"), (3, "gap")]
    await inbox.apply([message(a, 1, step=1)])
    assert await totals(engine) == {a: 111}
    assert await waiting(engine) == []


async def test_any_order_and_any_repeats_end_the_same(inbox: Inbox[ToyUnitOfWork], engine: AsyncEngine) -> None:
    aggregates = [new_id() for _ in range(5)]
    stream = [message(one, seq, step=seq) for one in aggregates for seq in range(1, 9)]
    shuffled = [*stream, *stream]
    random.Random(20261121).shuffle(shuffled)
    for start in range(0, len(shuffled), 7):
        await inbox.apply(shuffled[start : start + 7])
    assert await totals(engine) == dict.fromkeys(aggregates, 36)
    assert await waiting(engine) == []


async def test_types_of_no_interest_still_move_the_watermark(inbox: Inbox[ToyUnitOfWork], engine: AsyncEngine) -> None:
    a = new_id()
    await inbox.apply([message(a, 1, type="other.thing.renamed.v1"), message(a, 2, step=4)])
    assert await totals(engine) == {a: 4}


async def test_events_caused_by_a_message_name_their_cause(inbox: Inbox[ToyUnitOfWork], engine: AsyncEngine) -> None:
    caused_by = message(new_id(), 1)
    await inbox.apply([caused_by])
    async with engine.connect() as connection:
        assert (await connection.execute(text("select cause_id from outbox"))).scalar_one() == str(caused_by.event_id)


async def test_a_message_that_cannot_be_handled_changes_nothing_of_its_batch(
    inbox: Inbox[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    with pytest.raises(Exception, match="goes up"):
        await inbox.apply([message(new_id(), 1), message(new_id(), 1, step=-1)])
    assert await totals(engine) == {}


GOOD_KEY = b"01939c2e-0000-7000-8000-000000000001"


def parsed(key: bytes | None, headers: dict[str, bytes], body: bytes | None) -> Message:
    good = headers_of(
        event_id=new_id(), type="t.v1", source="s", seq=1, occurred_at=START, traceparent=None, cause_id=None
    )
    changed = {**dict(good), **headers}
    present = [(name, value) for name, value in changed.items() if value != b"(left out)"]
    return parse(topic="t", partition=0, offset=0, key=key, headers=present, body=body)


def test_a_good_record_is_an_event() -> None:
    assert parsed(GOOD_KEY, {}, b"{}").seq == 1


@pytest.mark.parametrize(
    ("key", "headers", "body"),
    [
        (None, {}, b"{}"),
        (b"not-a-uuid", {}, b"{}"),
        (GOOD_KEY, {"ce_id": b"x"}, b"{}"),
        (GOOD_KEY, {"ce_id": b"(left out)"}, b"{}"),
        (GOOD_KEY, {"ce_type": b"(left out)"}, b"{}"),
        (GOOD_KEY, {"ce_seq": b"one"}, b"{}"),
        (GOOD_KEY, {"ce_seq": b"(left out)"}, b"{}"),
        (GOOD_KEY, {"ce_time": b"yesterday"}, b"{}"),
        (GOOD_KEY, {"ce_type": b"\xff"}, b"{}"),
        (GOOD_KEY, {}, b"not json"),
        (GOOD_KEY, {}, b"[1]"),
        (GOOD_KEY, {}, b""),
        (GOOD_KEY, {}, b"\xff\xfe"),
    ],
)
def test_a_record_that_is_no_event_is_named_as_such(key: bytes | None, headers: dict[str, bytes], body: bytes) -> None:
    with pytest.raises(NotAnEvent):
        parsed(key, headers, body)


def test_the_body_of_a_fact_has_always_the_same_bytes() -> None:
    assert encode({"b": 1, "a": {"d": "é", "c": None}}) == b'{"a":{"c":null,"d":"\xc3\xa9"},"b":1}'
    assert json.loads(encode({"n": 12990})) == {"n": 12990}


def test_event_time_is_utc() -> None:
    assert message(new_id(), 1).occurred_at == datetime.fromisoformat("2026-11-21T09:00:00+00:00")


async def test_a_repeat_of_a_message_that_was_set_aside_leaves_its_watermark_where_it_was(
    inbox: Inbox[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    id = new_id()
    first, second, third = (message(id, seq) for seq in (1, 2, 3))
    await inbox.apply([first])
    async with engine.begin() as connection:
        await parking.park(connection, HANDLER, second, parking.POISON)
    await inbox.apply([second, third])
    assert await totals(engine) == {id: 1}
    assert await waiting(engine) == [(2, "poison"), (3, "behind")]
    assert await inbox.redrive(HANDLER, id) == 2
    assert await totals(engine) == {id: 3}
    await inbox.apply([message(id, 4)])
    assert await totals(engine) == {id: 4}


async def test_messages_that_concern_nobody_cost_their_watermarks_only(
    inbox: Inbox[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    ids = [new_id() for _ in range(5)]
    ignored = [message(id, seq, type="other.thing.else.v1") for id in ids for seq in (1, 2)]
    assert not any(inbox.concerns(one) for one in ignored)
    with sent_statements(engine) as sent:
        await inbox.apply(ignored)
    assert len(sent) == 2, "take the watermarks, look for what waits"
    await inbox.apply([message(id, 3) for id in ids])
    assert await totals(engine) == dict.fromkeys(ids, 1)
