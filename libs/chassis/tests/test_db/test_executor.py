"""The executor: shares transactions, undoes refusals alone, answers an idempotency key once."""

import asyncio
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from toy.service import NegativeStep, RaiseCounter, ToyUnitOfWork, outbound, raise_counter

from chassis.db.executor import Executor
from chassis.db.receipts import Answer, KeyInProgress, KeyReused, Receipt, StoredRefusal
from chassis.kernel.errors import Unavailable
from chassis.kernel.ids import new_id
from chassis.testing.clock import FakeClock

pytestmark = pytest.mark.storage


async def rows(engine: AsyncEngine, statement: str) -> list[tuple[object, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in (await connection.execute(text(statement))).all()]


async def test_a_change_and_its_event_are_stored_together(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    counter = new_id()
    assert await executor.run(partial(raise_counter, RaiseCounter(counter, 5))) == 5
    assert await rows(engine, "select total, version from counters") == [(5, 1)]
    assert await rows(engine, "select topic, aggregate_id, seq, data->>'total' from outbox") == [
        ("toy.counter", counter, 1, "5")
    ]
    assert executor.wake_relay.is_set()


async def test_a_refusal_changes_nothing_and_spoils_no_one_elses_command(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    counters = [new_id() for _ in range(20)]
    commands = [RaiseCounter(one, -1 if n % 5 == 0 else 1) for n, one in enumerate(counters)]
    results = await asyncio.gather(
        *(executor.run(partial(raise_counter, command)) for command in commands), return_exceptions=True
    )
    assert [isinstance(result, NegativeStep) for result in results] == [n % 5 == 0 for n in range(20)]
    assert await rows(engine, "select count(*), sum(total) from counters") == [(16, 16)]
    assert await rows(engine, "select count(*) from outbox") == [(16,)]


async def transaction_of(uow: ToyUnitOfWork, now: datetime) -> str:
    return str((await uow.connection.execute(text("select pg_current_xact_id()"))).scalar_one())


async def test_what_comes_while_a_batch_is_written_shares_the_next_transaction(
    executor: Executor[ToyUnitOfWork],
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def hold_on(uow: ToyUnitOfWork, now: datetime) -> None:
        begun.set()
        await may_end.wait()

    first = asyncio.create_task(executor.run(hold_on))
    await begun.wait()
    others = []
    for _ in range(3):
        others.append(asyncio.create_task(executor.run(transaction_of)))
        await asyncio.sleep(0)
    may_end.set()
    await first
    assert len(set(await asyncio.gather(*others))) == 1


async def test_a_batch_that_takes_long_holds_nobody_up(executor: Executor[ToyUnitOfWork]) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def hold_on(uow: ToyUnitOfWork, now: datetime) -> None:
        begun.set()
        await may_end.wait()

    first = asyncio.create_task(executor.run(hold_on))
    await begun.wait()
    assert await executor.run(transaction_of)
    assert not first.done()
    may_end.set()
    await first


async def test_what_a_refused_command_already_wrote_is_undone(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    async def write_then_refuse(uow: ToyUnitOfWork, now: datetime) -> None:
        await raise_counter(RaiseCounter(new_id(), 1), uow, now)
        raise NegativeStep()

    with pytest.raises(NegativeStep):
        await executor.run(write_then_refuse)
    assert await rows(engine, "select count(*) from counters") == [(0,)]
    assert await rows(engine, "select count(*) from outbox") == [(0,)]


async def test_many_raises_of_one_counter_lose_none(executor: Executor[ToyUnitOfWork], engine: AsyncEngine) -> None:
    counter = new_id()
    await executor.run(partial(raise_counter, RaiseCounter(counter, 0)))
    rival = Executor(engine, ToyUnitOfWork, outbound, FakeClock())
    await rival.start()
    raises = [one.run(partial(raise_counter, RaiseCounter(counter, 1))) for one in (executor, rival) for _ in range(15)]
    await asyncio.gather(*raises)
    await rival.stop()
    assert await rows(engine, "select total, version from counters") == [(30, 31)]
    assert await rows(engine, "select count(*), max(seq) from outbox") == [(31, 31)]


async def test_a_bug_in_one_command_fails_that_command_only(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    async def break_the_transaction(uow: ToyUnitOfWork, now: datetime) -> None:
        await uow.connection.execute(text("select 1 / 0"))

    good = [executor.run(partial(raise_counter, RaiseCounter(new_id(), 1))) for _ in range(5)]
    results = await asyncio.gather(*good, executor.run(break_the_transaction), return_exceptions=True)
    assert results[:5] == [1, 1, 1, 1, 1]
    assert "division by zero" in str(results[5])
    assert await rows(engine, "select count(*) from counters") == [(5,)]


def answer(total: int) -> Answer:
    return Answer(201, {"total": total})


async def test_the_same_key_is_answered_once(executor: Executor[ToyUnitOfWork], engine: AsyncEngine) -> None:
    receipt = Receipt("tenant", "key-1", "print")
    work = partial(raise_counter, RaiseCounter(new_id(), 7))
    answers = await asyncio.gather(*(executor.answer(work, receipt, answer) for _ in range(50)))
    assert {(one.status, one.body["total"]) for one in answers} == {(201, 7)}
    assert sum(not one.replayed for one in answers) == 1
    assert await rows(engine, "select total from counters") == [(7,)]


async def test_the_same_key_of_another_tenant_is_another_key(executor: Executor[ToyUnitOfWork]) -> None:
    counter = new_id()
    work = partial(raise_counter, RaiseCounter(counter, 1))
    assert (await executor.answer(work, Receipt("a", "key", "p"), answer)).body == {"total": 1}
    assert (await executor.answer(work, Receipt("b", "key", "p"), answer)).body == {"total": 2}


async def test_a_key_with_another_body_is_refused(executor: Executor[ToyUnitOfWork], engine: AsyncEngine) -> None:
    counter = new_id()
    work = partial(raise_counter, RaiseCounter(counter, 1))
    await executor.answer(work, Receipt("t", "key", "one body"), answer)
    with pytest.raises(KeyReused):
        await executor.answer(work, Receipt("t", "key", "another body"), answer)
    assert await rows(engine, "select total from counters") == [(1,)]


async def test_a_refusal_is_a_verdict_and_is_given_again(executor: Executor[ToyUnitOfWork]) -> None:
    work = partial(raise_counter, RaiseCounter(new_id(), -3))
    receipt = Receipt("t", "refused", "p")
    with pytest.raises(NegativeStep):
        await executor.answer(work, receipt, answer)
    with pytest.raises(StoredRefusal) as again:
        await executor.answer(work, receipt, answer)
    assert (again.value.code, again.value.kind, again.value.facts) == ("negative_step", "Invalid", {"step": -3})


async def test_no_answer_from_outside_is_no_verdict(executor: Executor[ToyUnitOfWork]) -> None:
    fails = [True]

    async def ask_outside(uow: ToyUnitOfWork, now: datetime) -> int:
        if fails.pop():
            raise Unavailable()
        return 1

    async def answered(uow: ToyUnitOfWork, now: datetime) -> int:
        return 1

    receipt = Receipt("t", "outside", "p")
    with pytest.raises(Unavailable):
        await executor.answer(ask_outside, receipt, answer)
    assert (await executor.answer(answered, receipt, answer)).replayed is False


async def test_a_rival_that_does_not_finish_is_not_waited_for_for_ever(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    work = partial(raise_counter, RaiseCounter(new_id(), 1))
    async with engine.begin() as rival:
        await rival.execute(text("insert into receipts (tenant, key, fingerprint) values ('t', 'slow', 'p')"))
        with pytest.raises(KeyInProgress):
            await executor.answer(work, Receipt("t", "slow", "p"), answer)
    assert await rows(engine, "select count(*) from counters") == [(0,)]


async def test_a_client_that_hangs_up_does_not_stop_the_commit(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    request = asyncio.create_task(executor.run(partial(raise_counter, RaiseCounter(new_id(), 9))))
    await asyncio.sleep(0)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    await executor.stop()
    assert await rows(engine, "select total from counters") == [(9,)]
