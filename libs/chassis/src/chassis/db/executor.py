"""The executor: opens every transaction, runs use cases in it, writes receipts and outbox rows, commits once.

Whatever waits, up to 64 commands, shares one transaction (group commit); a batch that fails for a reason other than a
refusal is run again one by one, so that one bad command cannot spoil the others.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

import structlog
from opentelemetry import trace
from opentelemetry.propagate import inject
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chassis.db import direct, outbox, receipts
from chassis.db.outbox import OutboxRow, PublicEvent
from chassis.db.receipts import Answer, Receipt
from chassis.db.session import Prefetch, Session
from chassis.kernel.clock import OffsetClock, real_now
from chassis.kernel.errors import DomainError, StaleVersion, Unavailable
from chassis.kernel.events import DomainEvent
from chassis.kernel.failpoints import reach

log = structlog.get_logger(__name__)
tracer = trace.get_tracer("regrade.executor")

R = TypeVar("R")

BATCH_MAX = 64
# While a batch is being written, what comes gathers for the next one; a batch that takes longer waits for a lock, and
# nobody waits behind it.
PATIENCE_SECONDS = 0.05
RETRIES_MAX = 5
# Serialization failure, deadlock: the whole transaction may simply be run again.
_RETRIABLE = {"40001", "40P01"}
_LOCK_NOT_AVAILABLE = "55P03"
_NOT_ASKED = object()


class Collector(Protocol):
    """What the executor needs of a unit of work: the events its use case published."""

    def collected(self) -> Sequence[DomainEvent]:
        """The domain events, in the order they were published."""
        ...


U = TypeVar("U", bound=Collector)

# A use case bound to its command: it gets the unit of work and the business instant.
Work = Callable[[U, datetime], Awaitable[R]]
MakeUnitOfWork = Callable[[AsyncConnection], U]


Outbound = Callable[[DomainEvent], PublicEvent]


@dataclass
class _Job(Generic[U]):
    work: Work[U, Any]
    receipt: Receipt | None
    render: Callable[[Any], Answer] | None
    traceparent: str | None
    cause_id: str | None
    done: "asyncio.Future[Any]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Transaction(Generic[U]):
    """One open transaction in which several commands may run; their events are stored just before the commit."""

    def __init__(self, executor: "Executor[U]", connection: AsyncConnection) -> None:
        self._executor = executor
        self.connection = Session(connection)
        self._rows: list[OutboxRow] = []

    async def read_ahead(self, works: Iterable[Work[U, Any]]) -> None:
        """Read for many commands at once what each would otherwise ask for by itself; their own reads then find it."""
        prefetch = self._executor.prefetch
        if prefetch is not None:
            await prefetch(self.connection, [command for work in works if (command := command_of(work)) is not None])

    async def run(
        self,
        work: Work[U, R],
        *,
        savepoint: bool = False,
        at_once: bool = False,
        traceparent: str | None = None,
        cause_id: str | None = None,
    ) -> R:
        """Run one use case. With `savepoint`, whatever it wrote is undone if it raises, and the transaction goes on.

        With `at_once` the database has seen all its writes when it ends; else what they violate may show at the commit.
        """
        uow = self._executor.make_uow(self.connection)
        now = self._executor.clock.now()
        if savepoint:
            async with self.connection.undoable(at_once=at_once):
                result = await work(uow, now)
        else:
            result = await work(uow, now)
        for event in uow.collected():
            self._rows.append(OutboxRow(self._executor.outbound(event), now, traceparent, cause_id))
        return result

    async def store_events(self) -> bool:
        """Write the collected events and whatever else is pending; true if there were events."""
        await self.connection.flush()
        rows, self._rows = self._rows, []
        await outbox.store(self.connection, rows)
        return bool(rows)


class Executor(Generic[U]):
    """The one place where transactions begin and end. `wake_relay` is set after each commit that wrote events."""

    def __init__(
        self,
        engine: AsyncEngine,
        make_uow: MakeUnitOfWork[U],
        outbound: Outbound,
        clock: OffsetClock,
        *,
        workers: int = 2,
        prefetch: Prefetch | None = None,
    ) -> None:
        self.engine = engine
        self.make_uow = make_uow
        self.outbound = outbound
        self.clock = clock
        self.prefetch = prefetch
        self.wake_relay = asyncio.Event()
        self.wake_timers = asyncio.Event()
        self._waiting: list[_Job[U]] = []
        self._something_waits = asyncio.Event()
        self._none_runs = asyncio.Event()
        self._none_runs.set()
        self._running = 0
        self._workers = workers
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        """Read the clock and start the workers."""
        await self.read_clock()
        self._tasks = [asyncio.create_task(self._work(), name=f"executor-{n}") for n in range(self._workers)]

    async def stop(self) -> None:
        """Finish what waits and what runs, then let the workers end."""
        self._stopping = True
        self._something_waits.set()
        await asyncio.gather(*self._tasks)

    async def run(self, work: Work[U, R], *, cause_id: str | None = None) -> R:
        """Run one use case in a (shared) transaction and give back its result, or raise its refusal."""
        result: R = await self._submit(_Job(work, None, None, current_traceparent(), cause_id))
        return result

    async def answer(self, work: Work[U, R], receipt: Receipt, render: Callable[[R], Answer]) -> Answer:
        """Run a use case once per idempotency key: a repeat gets the first answer.

        Raises the refusal itself the first time and `receipts.StoredRefusal` ever after; `receipts.KeyReused` (422) if
        the key came with another body, and `receipts.KeyInProgress` (409) if a rival with the same key is still running
        after 5 s.
        """
        job = _Job(work, receipt, render, current_traceparent(), f"{receipt.tenant}/{receipt.key}")
        answer: Answer = await self._submit(job)
        return answer

    async def _submit(self, job: _Job[U]) -> Any:
        self._waiting.append(job)
        self._something_waits.set()
        # The worker owns the transaction: a client that hangs up cancels this wait, never the commit.
        return await asyncio.shield(job.done)

    @contextlib.asynccontextmanager
    async def transaction(self, *, cause: str) -> AsyncIterator[Transaction[U]]:
        """A transaction of the caller's own (consumers, timers): commands run in it through `Transaction.run`."""
        async with self.engine.begin() as connection:
            transaction = Transaction(self, connection)
            yield transaction
            published = await transaction.store_events()
            reach(f"{cause}.before_commit")
        reach(f"{cause}.after_commit")
        if published:
            self.wake_relay.set()
        soonest = transaction.connection.soonest_timer
        if soonest is not None and soonest <= self.clock.now():
            self.wake_timers.set()
        transaction.connection.committed()

    async def read_clock(self) -> None:
        """Follow the database: its time, and the sandbox's offset."""
        async with direct.alone(self.engine) as database:
            asked_at = real_now()
            (row,) = await database.run("select clock_timestamp() as now, offset_seconds from test_clock")
            answered_at = real_now()
        self.clock.database_skew = row["now"] - (asked_at + (answered_at - asked_at) / 2)
        self.clock.offset = timedelta(seconds=row["offset_seconds"])

    async def _work(self) -> None:
        while self._waiting or not self._stopping:
            await self._something_waits.wait()
            if self._running and len(self._waiting) < BATCH_MAX:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PATIENCE_SECONDS):
                        await self._none_runs.wait()
            batch, self._waiting = self._waiting[:BATCH_MAX], self._waiting[BATCH_MAX:]
            if not self._waiting and not self._stopping:
                self._something_waits.clear()
            if batch:
                self._running += 1
                self._none_runs.clear()
                try:
                    await self._run_batch(batch)
                finally:
                    self._running -= 1
                    if not self._running:
                        self._none_runs.set()

    async def _run_batch(self, batch: list[_Job[U]]) -> None:
        try:
            verdicts = await self._commit(batch)
        except Exception as error:
            if len(batch) == 1:
                await self._run_alone(batch[0], error)
                return
            log.warning("executor.batch_failed", size=len(batch), error=type(error).__name__)
            for job in batch:
                await self._run_batch([job])
            return
        for job, verdict in zip(batch, verdicts, strict=True):
            _settle(job, verdict)

    async def _run_alone(self, job: _Job[U], error: Exception) -> None:
        """A single command failed on the database: run it again while the reason is a lost race, else tell the caller."""
        for _ in range(RETRIES_MAX):
            if not _retriable(error):
                break
            try:
                (verdict,) = await self._commit([job])
            except Exception as again:
                error = again
            else:
                _settle(job, verdict)
                return
        if _sqlstate(error) == _LOCK_NOT_AVAILABLE:
            error = receipts.KeyInProgress() if job.receipt else Unavailable("a lock was not free within 5 s")
        _settle(job, error)

    async def _commit(self, batch: Sequence[_Job[U]]) -> list[Any]:
        """Run all jobs in one transaction. A job's refusal undoes that job only and becomes its verdict."""
        verdicts: list[Any] = []
        async with self.transaction(cause="executor") as transaction:
            stored = await self._claim(transaction, batch)
            await transaction.read_ahead(job.work for n, job in enumerate(batch) if stored.get(n) is None)
            for n, job in enumerate(batch):
                verdicts.append(await self._run_job(transaction, job, stored.get(n, _NOT_ASKED)))
        return verdicts

    async def _claim(self, transaction: Transaction[U], batch: Sequence[_Job[U]]) -> dict[int, Any]:
        """The keys of all jobs, taken in one statement. A second job with a key asks when its turn comes, after the first."""
        first: dict[tuple[str, str], tuple[int, Receipt]] = {}
        for n, job in enumerate(batch):
            if job.receipt is not None:
                first.setdefault((job.receipt.tenant, job.receipt.key), (n, job.receipt))
        if not first:
            return {}
        answers = await receipts.claim_all(transaction.connection, [receipt for _, receipt in first.values()])
        return {n: answer for (n, _), answer in zip(first.values(), answers, strict=True)}

    async def _run_job(self, transaction: Transaction[U], job: _Job[U], stored: Any) -> Any:
        if job.receipt is not None:
            if stored is _NOT_ASKED:
                stored = await receipts.claim(transaction.connection, job.receipt)
            if stored is not None:
                return stored
        try:
            result = await transaction.run(job.work, savepoint=True, traceparent=job.traceparent, cause_id=job.cause_id)
        except StaleVersion:
            raise
        except DomainError as refusal:
            if job.receipt is not None:
                await receipts.settle(transaction.connection, job.receipt, refusal)
            return refusal
        if job.receipt is None or job.render is None:
            return result
        answer = job.render(result)
        await receipts.settle(transaction.connection, job.receipt, answer)
        return answer


def command_of(work: Work[Any, Any]) -> Any | None:
    """The command a use case is bound to, or None for work that is no `partial(use_case, command)`."""
    return work.args[0] if isinstance(work, partial) and work.args else None


def _settle(job: _Job[Any], verdict: Any) -> None:
    if job.done.done():
        return
    if isinstance(verdict, Exception):
        job.done.set_exception(verdict)
    else:
        job.done.set_result(verdict)


def _retriable(error: Exception) -> bool:
    return isinstance(error, StaleVersion) or _sqlstate(error) in _RETRIABLE


def _sqlstate(error: Exception) -> str | None:
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None


def current_traceparent() -> str | None:
    """The W3C trace context of the running span, to be stored with the events it causes."""
    carrier: dict[str, str] = {}
    inject(carrier)
    return carrier.get("traceparent")
