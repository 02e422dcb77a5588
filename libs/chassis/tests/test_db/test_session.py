"""Shared transactions: pending writes are seen by later reads, taken back with their command, and compared before set."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from toy.service import Counter, CounterRepository, NegativeStep, outbound

from chassis.db.executor import Executor
from chassis.db.session import Session
from chassis.db.unit_of_work import UnitOfWork
from chassis.db.write_behind import WriteBehindRepository, read_ahead
from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id, new_id
from chassis.testing.clock import START, FakeClock
from chassis.testing.statements import sent_statements

pytestmark = pytest.mark.storage


class BusyCounters(CounterRepository, WriteBehindRepository[Counter]):
    """The toy's counters, written behind."""


class BusyUnitOfWork(UnitOfWork):
    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self.counters = BusyCounters(connection)


@dataclass(frozen=True)
class Raise:
    counter_id: Id
    step: int


async def raise_locked(command: Raise, uow: BusyUnitOfWork, now: datetime) -> int:
    """Writes first and refuses afterwards, so that there is something to take back."""
    counter = await uow.counters.lock(command.counter_id)
    if counter is None:
        raise NegativeStep()
    moved, raised = counter.raised(abs(command.step))
    await uow.counters.save(moved)
    await uow.timers.set("look", moved.id, now + timedelta(days=1))
    uow.publish(raised)
    if command.step < 0:
        raise NegativeStep()
    return moved.total


async def lock_ahead(session: Session, commands: Sequence[Any]) -> None:
    ids = {command.counter_id for command in commands if isinstance(command, Raise)}
    await read_ahead(session, BusyCounters(session), ids, lock=True)


@pytest.fixture
async def busy(engine: AsyncEngine) -> AsyncIterator[Executor[BusyUnitOfWork]]:
    running = Executor(engine, BusyUnitOfWork, outbound, FakeClock(), workers=1, prefetch=lock_ahead)
    await running.start()
    yield running
    await running.stop()


async def new_counter(busy: Executor[BusyUnitOfWork]) -> Id:
    id = new_id()

    async def add(uow: BusyUnitOfWork, now: datetime) -> None:
        await uow.counters.add(Counter(id, 0, 0))

    await busy.run(add)
    return id


async def figures(engine: AsyncEngine, statement: str) -> list[tuple[Any, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in (await connection.execute(text(statement))).all()]


async def test_commands_on_one_aggregate_see_each_other_and_a_refused_one_leaves_no_trace(
    busy: Executor[BusyUnitOfWork], engine: AsyncEngine
) -> None:
    id = await new_counter(busy)
    steps = [1, -10, 2, -20, 3]
    results = await asyncio.gather(
        *(busy.run(partial(raise_locked, Raise(id, step))) for step in steps), return_exceptions=True
    )
    assert [result if isinstance(result, int) else "refused" for result in results] == [1, "refused", 3, "refused", 6]
    assert await figures(engine, "select total, version from counters") == [(6, 3)]
    assert await figures(engine, "select seq from outbox order by n") == [(1,), (2,), (3,)]
    assert await figures(engine, "select count(*) from timers") == [(1,)]


async def test_a_batch_costs_as_many_statements_as_a_single_command(
    busy: Executor[BusyUnitOfWork], engine: AsyncEngine
) -> None:
    ids = [await new_counter(busy) for _ in range(40)]
    with sent_statements(engine) as for_one:
        await busy.run(partial(raise_locked, Raise(ids[0], 1)))
    with sent_statements(engine) as for_all:
        await asyncio.gather(*(busy.run(partial(raise_locked, Raise(id, 1))) for id in ids))
    assert len(for_all) == len(for_one)
    assert await figures(engine, "select sum(total), max(version) from counters") == [(41, 2)]


async def test_a_read_sees_what_is_pending(busy: Executor[BusyUnitOfWork]) -> None:
    id = await new_counter(busy)

    async def save_then_read(uow: BusyUnitOfWork, now: datetime) -> int:
        moved, _ = (await uow.counters.get(id)).raised(7)
        await uow.counters.save(moved)
        return int((await uow.connection.execute(text("select total from counters"))).scalar_one())

    assert await busy.run(save_then_read) == 7


async def test_a_command_that_wrote_to_the_database_is_undone_without_its_neighbours(
    busy: Executor[BusyUnitOfWork], engine: AsyncEngine
) -> None:
    first, second, third = [await new_counter(busy) for _ in range(3)]

    async def write_at_once_then_refuse(uow: BusyUnitOfWork, now: datetime) -> None:
        moved, _ = (await uow.counters.get(second)).raised(100)
        await uow.counters.save(moved)
        await uow.connection.execute(text("update counters set total = total + 1000"))
        raise NegativeStep()

    works = [partial(raise_locked, Raise(first, 1)), write_at_once_then_refuse, partial(raise_locked, Raise(third, 1))]
    await asyncio.gather(*(busy.run(work) for work in works), return_exceptions=True)
    assert sorted(await figures(engine, "select total from counters")) == [(0,), (1,), (1,)]


async def test_a_save_over_a_rivals_save_is_run_again(busy: Executor[BusyUnitOfWork], engine: AsyncEngine) -> None:
    id = await new_counter(busy)
    tries: list[int] = []

    async def raise_unlocked(uow: BusyUnitOfWork, now: datetime) -> None:
        moved, raised = (await uow.counters.get(id)).raised(1)
        tries.append(moved.version)
        if len(tries) == 1:
            async with engine.begin() as rival:
                await rival.execute(text("update counters set total = 50, version = 5"))
        await uow.counters.save(moved)
        uow.publish(raised)

    await busy.run(raise_unlocked)
    assert tries == [1, 6]
    assert await figures(engine, "select total, version from counters") == [(51, 6)]


async def test_on_a_bare_connection_writes_go_out_at_once(busy: Executor[BusyUnitOfWork], engine: AsyncEngine) -> None:
    id = await new_counter(busy)
    async with engine.begin() as ours, engine.begin() as theirs:
        counters, others = BusyCounters(ours), BusyCounters(theirs)
        moved, _ = (await counters.get(id)).raised(1)
        late, _ = (await others.get(id)).raised(2)
        await counters.save(moved)
        await ours.commit()
        with pytest.raises(StaleVersion):
            await others.save(late)
        await theirs.rollback()


async def test_callbacks_come_after_the_commit_and_only_for_commands_that_were_kept(
    busy: Executor[BusyUnitOfWork], engine: AsyncEngine
) -> None:
    seen: list[str] = []

    async def ring(name: str, refuse: bool, uow: BusyUnitOfWork, now: datetime) -> None:
        assert isinstance(uow.connection, Session)
        uow.connection.after_commit(lambda: seen.append(name))
        assert seen == []
        if refuse:
            raise NegativeStep()

    works = [partial(ring, "kept", False), partial(ring, "refused", True)]
    await asyncio.gather(*(busy.run(work) for work in works), return_exceptions=True)
    assert seen == ["kept"]


async def test_the_last_word_about_a_timer_holds(busy: Executor[BusyUnitOfWork], engine: AsyncEngine) -> None:
    moved, cancelled, set_again = new_id(), new_id(), new_id()

    async def change_minds(uow: BusyUnitOfWork, now: datetime) -> None:
        await uow.timers.set("look", moved, START + timedelta(hours=1))
        await uow.timers.set("look", moved, START + timedelta(hours=2))
        await uow.timers.set("look", cancelled, START)
        await uow.timers.cancel("look", cancelled)
        await uow.timers.cancel("look", set_again)
        await uow.timers.set("look", set_again, START + timedelta(hours=3))

    for _ in range(2):
        await busy.run(change_minds)
        open_ones = await figures(engine, "select key, due_at from timers where state = 'open' order by due_at")
        assert open_ones == [(moved, START + timedelta(hours=2)), (set_again, START + timedelta(hours=3))]


async def test_after_a_lock_everything_is_read_anew(busy: Executor[BusyUnitOfWork], engine: AsyncEngine) -> None:
    id = await new_counter(busy)

    async def look_lock_look(uow: BusyUnitOfWork, now: datetime) -> list[int]:
        assert isinstance(uow.connection, Session)
        seen = [(await uow.counters.get(id)).total]
        async with engine.begin() as rival:
            await rival.execute(text("update counters set total = 50"))
        seen.append((await uow.counters.get(id)).total)
        uow.connection.forget_reads()
        seen.append((await uow.counters.get(id)).total)
        return seen

    assert await busy.run(look_lock_look) == [0, 0, 50]
