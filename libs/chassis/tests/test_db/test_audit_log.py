"""The audit log on a real database: a chain without forks however many write at once, and nothing that changes it."""

import asyncio
import hashlib
import json
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from toy.service import ToyUnitOfWork, outbound

from chassis.db import audit_log
from chassis.db.audit_log import WantedEntries
from chassis.db.executor import Executor
from chassis.db.outbox import PublicEvent
from chassis.kernel.audit_log import NOTHING_BEFORE, PLATFORM, Act, Actor, Entry, EntryRecorded, anchor, shown
from chassis.kernel.errors import WrongState
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id, new_id
from chassis.testing.clock import START, FakeClock

pytestmark = pytest.mark.storage

ANNA = Id("019aa000-0000-7000-8000-00000000000a")


def an_act(code: str = "approve_application", subject: str = "s-1", actor: Actor | None = None) -> Act:
    details = {"changed": {"state": {"before": "submitted", "after": "approved"}}, "made": {"id": "é\n"}}
    return Act(code, actor or Actor("person", ANNA, "trust"), "seller", subject, details, "checked", "ab" * 16)


async def record(act: Act, uow: ToyUnitOfWork, now: datetime) -> Entry:
    return await uow.audit_log.record(act, now)


async def all_entries(engine: AsyncEngine, **wanted: object) -> list[Entry]:
    async with engine.connect() as connection:
        return list(await audit_log.entries(connection, WantedEntries(**{"after": 0, "limit": 1000, **wanted})))  # type: ignore[arg-type]


def told(event: DomainEvent) -> PublicEvent:
    if not isinstance(event, EntryRecorded):
        return outbound(event)
    return PublicEvent(
        topic="toy.audit_log",
        type="toy.audit_log.recorded.v1",
        aggregate_id=event.aggregate_id,
        seq=event.seq,
        data=anchor(event),
    )


@pytest.fixture
def executor(engine: AsyncEngine) -> Executor[ToyUnitOfWork]:
    return Executor(engine, ToyUnitOfWork, told, FakeClock())


async def test_entries_stand_as_they_were_recorded_sealed_one_onto_the_other(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    await executor.start()
    for n in range(3):
        await executor.run(partial(record, an_act(subject=f"s-{n}")))
    await executor.stop()
    found = await all_entries(engine)
    assert [(one.seq, one.act.subject_id, one.business_at) for one in found] == [
        (n + 1, f"s-{n}", START) for n in range(3)
    ]
    before = NOTHING_BEFORE
    for one in found:
        # The hash as anybody would take it from what the API shows, without this code.
        document = json.loads(json.dumps(shown(one)))
        sealed = document.pop("hash")
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert (one.prev_hash, sealed) == (before, hashlib.sha256(text.encode()).hexdigest())
        before = one.hash
    async with engine.connect() as connection:
        assert await audit_log.newest(connection) == (found[-1].chain_id, 3, before)


async def test_many_at_once_are_one_chain_and_each_is_told(engine: AsyncEngine) -> None:
    copies = [Executor(engine, ToyUnitOfWork, told, FakeClock()) for _ in range(3)]
    for copy in copies:
        await copy.start()
    await asyncio.gather(*(copies[n % 3].run(partial(record, an_act(subject=str(n)))) for n in range(60)))
    for copy in copies:
        await copy.stop()
    found = await all_entries(engine)
    assert [one.seq for one in found] == list(range(1, 61))
    assert [one.prev_hash for one in found] == [NOTHING_BEFORE, *(one.hash for one in found[:-1])]
    async with engine.connect() as connection:
        rows = await connection.execute(text("select seq, data->>'hash' as hash from outbox order by n"))
        assert [(row.seq, row.hash) for row in rows.all()] == [(one.seq, one.hash) for one in found]


async def test_an_act_that_does_not_happen_is_not_recorded(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    async def fail(uow: ToyUnitOfWork, now: datetime) -> None:
        await record(an_act(), uow, now)
        raise WrongState("after it was written")

    await executor.start()
    with pytest.raises(WrongState):
        await executor.run(fail)
    await executor.stop()
    assert await all_entries(engine) == []


async def test_entries_are_found_by_actor_subject_and_act(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    await executor.start()
    acts = [an_act(), an_act("suspend_selling", "s-2"), an_act("advance_refund", "s-2", PLATFORM)]
    for act in acts:
        await executor.run(partial(record, act))
    await executor.stop()

    async def seqs(**wanted: object) -> list[int]:
        return [one.seq for one in await all_entries(engine, **wanted)]

    assert await seqs(actor=ANNA) == [1, 2]
    assert await seqs(subject="s-2") == [2, 3]
    assert await seqs(act="suspend_selling") == [2]
    assert await seqs(actor=new_id()) == []
    assert await seqs(after=1, limit=1) == [2]


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_log set reason = 'another'",
        "delete from audit_log",
        "truncate audit_log",
        "delete from audit_log where false",
        "update audit_log_chain set id = gen_random_uuid()",
        "delete from audit_log_chain",
    ],
)
async def test_the_database_refuses_to_change_what_is_written(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine, statement: str
) -> None:
    await executor.start()
    await executor.run(partial(record, an_act()))
    await executor.stop()
    with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
        async with engine.begin() as connection:
            await connection.execute(text(statement))
    assert len(await all_entries(engine)) == 1


async def test_whoever_owns_the_tables_lacks_the_privilege_too(engine: AsyncEngine) -> None:
    """The servers' users own their tables and are no superusers: for them the privilege is gone as well."""
    async with engine.connect() as connection:
        rows = await connection.execute(
            text(
                "select privilege_type from information_schema.role_table_grants "
                "where table_name = 'audit_log' and grantee = current_user"
            )
        )
        assert {"INSERT", "SELECT"} <= (held := {row.privilege_type for row in rows.all()})
        assert held.isdisjoint({"UPDATE", "DELETE", "TRUNCATE"})


async def test_a_fork_of_the_chain_does_not_fit_into_the_table(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    await executor.start()
    await executor.run(partial(record, an_act()))
    await executor.stop()
    with pytest.raises(DBAPIError, match="audit_log_prev_hash_key"):
        async with engine.begin() as connection:
            await connection.execute(
                text(
                    "insert into audit_log select 2, at, business_at, act, actor_kind, actor_id, actor_role, subject_kind, "
                    "subject_id, details, reason, request_id, prev_hash, 'another' from audit_log where seq = 1"
                )
            )
