"""The clockwork: due timers are claimed by one copy at a time and turned into commands or errands.

A deadline is handled inside one transaction with its effects. An errand talks to the world outside, so it is claimed
first (a lease of a minute), done without any transaction, and marked done afterwards: it may run twice and must carry a
key of its own. `due_at` is business time, `retry_at` is real time.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Generic

import structlog
from opentelemetry import trace
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db import direct
from chassis.db.executor import Executor, U, Work, current_traceparent
from chassis.db.timers import DueTimer
from chassis.db.together import Together
from chassis.kernel.ids import Id

log = structlog.get_logger(__name__)
tracer = trace.get_tracer("regrade.timers")

ATTEMPTS_MAX = 8
# An errand waits for somebody else's machine: it is tried for days before an operator has to look at it.
ERRAND_ATTEMPTS_MAX = 2_000
BATCH = 100
ERRANDS_AT_ONCE = 8

Handlers = Mapping[str, Callable[[DueTimer], Work[U, Any]]]
Errands = Mapping[str, Callable[[DueTimer], Awaitable[None]]]

_DEADLINES = text(
    "select id, kind, key, due_at, payload, attempts from timers where state = 'open' and due_at <= :now "
    "and retry_at <= now() and kind = any(:kinds) order by due_at, id limit :batch for update skip locked"
).columns(payload=JSONB)
# Mostly nothing is due: one statement then says so of both. It has a row more than there are errands.
_LOOK = (
    "with due as (select id from timers where state = 'open' and due_at <= $1 and retry_at <= now() "
    "and kind = any($2::text[]) order by due_at, id limit $3 for update skip locked), "
    "claimed as (update timers t set retry_at = now() + interval '60 seconds', attempts = t.attempts + 1 "
    "from due where t.id = due.id returning t.id, t.kind, t.key, t.due_at, t.payload, t.attempts) "
    "select id, kind, key, due_at, payload, attempts from claimed union all "
    "select null, null, null, null, null, exists (select from timers where state = 'open' and due_at <= $1 "
    "and retry_at <= now() and kind = any($4::text[]))::integer"
)
_DONE = "update timers set state = 'done', done_at = now() where id = any($1::uuid[]) and state = 'open'"
_DEADLINE_FAILED = text(
    "update timers set attempts = attempts + 1, retry_at = now() + make_interval(secs => :seconds), error = :error, "
    "state = case when attempts + 1 >= :attempts_max then 'dead' else 'open' end where id = :id"
)
_ERRAND_FAILED = text(
    "update timers set retry_at = now() + make_interval(secs => :seconds), error = :error, "
    "state = case when attempts >= :attempts_max then 'dead' else 'open' end where id = :id and state = 'open'"
)


class TimerLoop(Generic[U]):
    """Follows the database's clock and fires what is due."""

    def __init__(
        self,
        executor: Executor[U],
        deadlines: Handlers[U],
        errands: Errands | None = None,
        *,
        every_seconds: float = 1.0,
        errands_at_once: int = ERRANDS_AT_ONCE,
    ) -> None:
        self._executor = executor
        self._deadlines = deadlines
        self._errands = errands or {}
        self._every_seconds = every_seconds
        self._errands_at_once = errands_at_once
        self.running: set[asyncio.Task[None]] = set()
        # What takes longer than its lease is claimed again, by ourselves too: it must not run here twice at a time.
        self._in_hand: set[Id] = set()
        self._ended: Together[Id, None] = Together(self._mark_done)
        self._clock_read_at = -math.inf

    async def run(self) -> None:
        """Until cancelled: fire what is due, then sleep until a timer is set or the next tick."""
        wake = self._executor.wake_timers
        while True:
            wake.clear()
            try:
                await self._follow_clock()
                while await self.tick():
                    pass
            except Exception as error:
                # The database may be away for a while; the deadlines are rows and wait.
                log.warning("timers.tick_failed", error=f"{type(error).__name__}: {error}"[:300])
            # Not `wait_for`: on Python 3.11 it can swallow a cancellation and hang the shutdown.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._every_seconds):
                    await wake.wait()

    async def _follow_clock(self) -> None:
        if time.monotonic() - self._clock_read_at >= self._every_seconds:
            await self._executor.read_clock()
            self._clock_read_at = time.monotonic()

    async def tick(self) -> int:
        """Fire one batch of deadlines and of errands; answers how many there were."""
        claimed, deadlines_due = await self._look()
        self._begin(claimed)
        return len(claimed) + (await self.fire_deadlines() if deadlines_due else 0)

    async def run_errands(self) -> int:
        """Claim due errands and run them side by side; a later one does not wait for a slow one."""
        claimed, _ = await self._look()
        self._begin(claimed)
        return len(claimed)

    async def _look(self) -> tuple[Sequence[direct.Row], bool]:
        """Errands that are due, claimed, and whether deadlines are."""
        room = max(0, self._errands_at_once - len(self.running))
        kinds = sorted(self._errands), room, sorted(self._deadlines)
        async with direct.alone(self._executor.engine) as database:
            found = await database.run(_LOOK, self._executor.clock.now(), *kinds)
        claimed = [row for row in found if row["id"] is not None and row["id"] not in self._in_hand]
        return claimed, any(row["attempts"] for row in found if row["id"] is None)

    async def fire_deadlines(self) -> int:
        """Handle due deadlines in one transaction; one that fails is put off, the others go on."""
        now = self._executor.clock.now()
        async with self._executor.transaction(cause="timers") as transaction:
            rows = await transaction.connection.execute(
                _DEADLINES, {"now": now, "batch": BATCH, "kinds": sorted(self._deadlines)}
            )
            due = rows.mappings().all()
            for row in due:
                try:
                    with tracer.start_as_current_span(f"deadline {row['kind']}"):
                        await transaction.run(
                            self._deadlines[row["kind"]](_timer(row)),
                            savepoint=True,
                            at_once=True,
                            traceparent=current_traceparent(),
                            cause_id=f"timer/{row['id']}",
                        )
                    await direct.change(transaction.connection, _DONE, [row["id"]])
                except Exception as error:
                    log.exception("timers.failed", kind=row["kind"], key=str(row["key"]), attempts=row["attempts"] + 1)
                    await transaction.connection.execute(
                        _DEADLINE_FAILED,
                        {
                            "id": row["id"],
                            "seconds": 2 ** row["attempts"],
                            "error": f"{type(error).__name__}: {error}"[:500],
                            "attempts_max": ATTEMPTS_MAX,
                        },
                    )
        return len(due)

    def _begin(self, claimed: Sequence[direct.Row]) -> None:
        for row in claimed:
            self._in_hand.add(row["id"])
            task = asyncio.create_task(self._run_errand(_timer(row), row["attempts"]))
            self.running.add(task)
            task.add_done_callback(self._errand_ended)

    def _errand_ended(self, task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        self._executor.wake_timers.set()

    async def _run_errand(self, timer: DueTimer, attempts: int) -> None:
        try:
            # Nobody's request goes on here: what an errand causes is a trace of its own.
            with tracer.start_as_current_span(f"errand {timer.kind}"):
                await self._errands[timer.kind](timer)
        except Exception as error:
            log.warning(
                "errand.failed", kind=timer.kind, key=str(timer.key), error=f"{type(error).__name__}: {error}"[:300]
            )
            await self._put_off(timer, attempts, error)
        else:
            with contextlib.suppress(Exception):  # the lease runs out and the errand is run again
                await self._ended.find(timer.id)
        self._in_hand.discard(timer.id)

    async def _mark_done(self, ids: Collection[Id]) -> Mapping[Id, None]:
        async with direct.alone(self._executor.engine) as database:
            await database.run(_DONE, list(ids))
        return {}

    async def _put_off(self, timer: DueTimer, attempts: int, error: Exception) -> None:
        values = {
            "id": timer.id,
            "seconds": min(0.2 * 2 ** min(attempts, 10), 60.0),
            "error": f"{type(error).__name__}: {error}"[:500],
            "attempts_max": ERRAND_ATTEMPTS_MAX,
        }
        with contextlib.suppress(Exception):  # the lease runs out and the errand is run again
            async with self._executor.engine.begin() as connection:
                await connection.execute(_ERRAND_FAILED, values)

    async def stop(self) -> None:
        """Give running errands up; their leases run out and another start takes them."""
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)


def _timer(row: direct.Row) -> DueTimer:
    return DueTimer(row["id"], row["kind"], row["key"], row["due_at"], row["payload"])
