"""Deadlines and errands: fired once, together with their effects; a failing one does not hold up the others."""

import asyncio
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from toy.service import RaiseCounter, ToyUnitOfWork, outbound, raise_counter

from chassis.db.executor import Executor, Work
from chassis.db.timer_loop import TimerLoop
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id, new_id
from chassis.observability.traces import configure_traces
from chassis.testing.clock import START, FakeClock

pytestmark = pytest.mark.storage


def raise_on(timer: DueTimer) -> Work[ToyUnitOfWork, int]:
    return partial(raise_counter, RaiseCounter(timer.key, timer.payload["step"]))


async def set_timer(executor: Executor[ToyUnitOfWork], kind: str, key: Id, due_at: datetime, step: int = 1) -> None:
    async def work(uow: ToyUnitOfWork, now: datetime) -> None:
        await uow.timers.set(kind, key, due_at, {"step": step})

    await executor.run(work)


async def total(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(text("select coalesce(sum(total), 0) from counters"))).scalar_one())


async def states(engine: AsyncEngine) -> list[str]:
    async with engine.connect() as connection:
        return list((await connection.execute(text("select state from timers order by id"))).scalars())


async def test_a_deadline_fires_when_its_time_has_come_and_not_before(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    loop = TimerLoop(executor, {"raise": raise_on})
    clock = executor.clock
    assert isinstance(clock, FakeClock)
    await set_timer(executor, "raise", new_id(), START + timedelta(hours=1), step=4)
    # Nothing is due before the hour is over: the next tick is soon enough for a look.
    assert not executor.wake_timers.is_set()
    assert await loop.tick() == 0
    clock.advance(hours=1)
    assert await loop.tick() == 1
    assert await loop.tick() == 0
    assert await total(engine) == 4


async def test_two_copies_fire_a_deadline_once(executor: Executor[ToyUnitOfWork], engine: AsyncEngine) -> None:
    for _ in range(30):
        await set_timer(executor, "raise", new_id(), START)
    assert executor.wake_timers.is_set()
    rival = Executor(engine, ToyUnitOfWork, outbound, FakeClock())
    loops = [TimerLoop(one, {"raise": raise_on}) for one in (executor, rival)]
    fired = await asyncio.gather(*(loop.tick() for loop in loops))
    assert sum(fired) == 30
    assert await total(engine) == 30


async def test_setting_again_moves_the_open_timer(executor: Executor[ToyUnitOfWork], engine: AsyncEngine) -> None:
    key = new_id()
    await set_timer(executor, "raise", key, START, step=1)
    await set_timer(executor, "raise", key, START + timedelta(days=1), step=2)
    assert await TimerLoop(executor, {"raise": raise_on}).tick() == 0
    assert await states(engine) == ["open"]


async def test_a_cancelled_timer_stays_silent(executor: Executor[ToyUnitOfWork], engine: AsyncEngine) -> None:
    key = new_id()
    await set_timer(executor, "raise", key, START)

    async def cancel(uow: ToyUnitOfWork, now: datetime) -> None:
        await uow.timers.cancel("raise", key)

    await executor.run(cancel)
    assert await TimerLoop(executor, {"raise": raise_on}).tick() == 0
    assert await states(engine) == ["cancelled"]


async def test_a_timer_that_fails_is_put_off_and_dies_after_eight_attempts(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    await set_timer(executor, "raise", new_id(), START, step=-1)
    await set_timer(executor, "raise", new_id(), START, step=3)
    loop = TimerLoop(executor, {"raise": raise_on})
    assert await loop.tick() == 2
    assert await total(engine) == 3
    for _ in range(7):
        async with engine.begin() as connection:
            await connection.execute(text("update timers set retry_at = now() where state = 'open'"))
        assert await loop.tick() == 1
    assert sorted(await states(engine)) == ["dead", "done"]


async def test_an_errand_runs_outside_of_any_transaction_and_is_retried(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    seen: list[Id] = []
    fails = [True]

    async def errand(timer: DueTimer) -> None:
        seen.append(timer.key)
        if fails.pop() if fails else False:
            raise TimeoutError("the other side does not answer")

    async def wait_less(seconds: int) -> float:
        """Bring the next try so much nearer; gives how far off it was when this test began, in seconds."""
        async with engine.begin() as connection:
            moved = text("update timers set retry_at = retry_at - make_interval(secs => :seconds) returning retry_at")
            retry_at: datetime = (await connection.execute(moved, {"seconds": seconds})).scalar_one()
        return (retry_at - began).total_seconds() + seconds

    loop = TimerLoop(executor, {}, {"call": errand})
    key = new_id()
    await set_timer(executor, "call", key, START)
    async with engine.connect() as connection:
        began: datetime = (await connection.execute(text("select clock_timestamp()"))).scalar_one()
    assert await loop.tick() == 1
    await asyncio.gather(*loop.running)
    assert await states(engine) == ["open"]
    # It waits before it tries again, and not for its whole lease.
    assert 0.4 <= await wait_less(-3_600) < 60
    assert await loop.tick() == 0
    await wait_less(7_200)
    assert await loop.tick() == 1
    await asyncio.gather(*loop.running)
    assert seen == [key, key]
    assert await states(engine) == ["done"]


async def test_what_a_deadline_or_an_errand_causes_is_a_trace_of_its_own(
    executor: Executor[ToyUnitOfWork], engine: AsyncEngine
) -> None:
    configure_traces("toy")

    async def errand(timer: DueTimer) -> None:
        await executor.run(raise_on(timer))

    loop = TimerLoop(executor, {"raise": raise_on}, {"call": errand})
    for kind in ("raise", "call"):
        for _ in range(2):
            await set_timer(executor, kind, new_id(), START)
    await loop.tick()
    await asyncio.gather(*loop.running)
    async with engine.connect() as connection:
        found = (await connection.execute(text("select split_part(traceparent, '-', 2) from outbox"))).scalars().all()
    assert len(set(found)) == 4
    assert {len(one) for one in found} == {32}
