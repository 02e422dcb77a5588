"""A transaction that many commands share: what they write is collected and goes out in one statement per table.

Whoever reads through `execute` sees everything written before it, for pending writes go out first. A command that is
refused takes its pending writes back, and only one that has already written to the database costs a savepoint.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import Executable, Select
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction

K = TypeVar("K")
_NOTHING = object()


class BatchWrite(Protocol):
    """Writes the items of many commands at once. Equal writes are one; `rank` orders different ones (parents first)."""

    @property
    def rank(self) -> int: ...

    def __hash__(self) -> int: ...

    async def __call__(self, connection: AsyncConnection, items: Sequence[Any]) -> None: ...


@dataclass(frozen=True)
class _Mark:
    pending: int
    memories: int
    callbacks: int


class Session(AsyncConnection):
    """An open connection with pending writes, a memory of what was read, and what to do after the commit."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection.engine, connection.sync_connection)
        self._pending: list[tuple[BatchWrite, Any]] = []
        self._memory: dict[Hashable, Any] = {}
        # What stood in memory before, so that a refused command leaves no trace there.
        self._forgotten: list[tuple[Hashable, Any]] = []
        self._after_commit: list[Callable[[], None]] = []
        self._mark: _Mark | None = None
        self._savepoint: AsyncTransaction | None = None
        self._writing = False
        # What `chassis.db.direct` speaks to once the transaction has begun.
        self.driver: Any = None
        # The first deadline that was set: only one that is due by the commit is worth waking the clockwork for.
        self.soonest_timer: datetime | None = None

    async def execute(self, statement: Executable, parameters: Any = None, **options: Any) -> CursorResult[Any]:
        """Send what is pending, then this statement."""
        await self.make_way(writes=not isinstance(statement, Select))
        return await super().execute(statement, parameters, **options)

    async def make_way(self, *, writes: bool) -> None:
        """Send what is pending before a statement that is about to run; a savepoint, if it writes and may be undone."""
        if not self._writing:
            await self.flush()
            if writes:
                await self._protect()

    async def peek(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """A read that pending writes do not concern: they stay pending."""
        return await super().execute(statement, parameters)

    def later(self, write: BatchWrite, item: Any) -> None:
        """Write this before the next read through `execute`, at the latest before the commit."""
        self._pending.append((write, item))

    def recall(self, key: Hashable, otherwise: K) -> Any | K:
        """What was remembered in this transaction."""
        return self._memory.get(key, otherwise)

    def remember(self, key: Hashable, value: Any) -> None:
        """Keep it until the transaction ends, or until the command that says so is refused."""
        if self._mark is not None:
            self._forgotten.append((key, self._memory.get(key, _NOTHING)))
        self._memory[key] = value

    def forget_reads(self) -> None:
        """A lock was taken: what was read before it may have changed in the meantime and is read anew."""
        self._memory.clear()
        self._forgotten.clear()

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call this once the transaction, with this command in it, is committed."""
        self._after_commit.append(callback)

    def expect_timer(self, due_at: datetime) -> None:
        """A deadline was set."""
        self.soonest_timer = due_at if self.soonest_timer is None else min(self.soonest_timer, due_at)

    def committed(self) -> None:
        """Told by the executor."""
        for callback in self._after_commit:
            callback()

    async def flush(self) -> None:
        """Send all pending writes, those of finished commands outside of the running one's savepoint."""
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        finished = len(pending) if self._mark is None else self._mark.pending
        if pending[:finished]:
            await self._send(pending[:finished])
        if self._mark is not None:
            self._mark = _Mark(0, self._mark.memories, self._mark.callbacks)
            if pending[finished:]:
                await self._protect()
                await self._send(pending[finished:])

    @contextlib.asynccontextmanager
    async def undoable(self, *, at_once: bool = False) -> AsyncIterator[None]:
        """A command: if it raises, all it did is undone and the transaction goes on. `at_once` sends its writes at its end."""
        self._mark = _Mark(len(self._pending), len(self._forgotten), len(self._after_commit))
        try:
            yield
            if at_once:
                await self.flush()
        except BaseException:
            await self._undo(self._mark)
            raise
        finally:
            savepoint, self._savepoint, self._mark = self._savepoint, None, None
            self._forgotten.clear()
        if savepoint is not None:
            await savepoint.commit()

    async def _undo(self, mark: _Mark) -> None:
        del self._pending[mark.pending :]
        del self._after_commit[mark.callbacks :]
        for key, value in reversed(self._forgotten[mark.memories :]):
            if value is _NOTHING:
                self._memory.pop(key, None)
            else:
                self._memory[key] = value
        savepoint, self._savepoint = self._savepoint, None
        if savepoint is not None:
            await savepoint.rollback()

    async def _protect(self) -> None:
        if self._mark is not None and self._savepoint is None:
            self._savepoint = await self.begin_nested()

    async def _send(self, pending: Sequence[tuple[BatchWrite, Any]]) -> None:
        grouped: dict[BatchWrite, list[Any]] = {}
        for write, item in pending:
            grouped.setdefault(write, []).append(item)
        self._writing = True
        try:
            for write in sorted(grouped, key=_rank):
                await write(self, grouped[write])
        finally:
            self._writing = False


def _rank(write: BatchWrite) -> int:
    return write.rank


def session_of(connection: AsyncConnection) -> Session | None:
    """The session behind a connection, or None where somebody works on a bare one (tests, tools)."""
    return connection if isinstance(connection, Session) else None


async def write_now_or_later(connection: AsyncConnection, write: BatchWrite, item: Any) -> None:
    """Collect the write in a session; on a bare connection it goes out at once."""
    if isinstance(connection, Session):
        connection.later(write, item)
        return
    await write(connection, [item])


# A read of many things at once for commands that are about to run, remembered in the session.
Prefetch = Callable[[Session, Sequence[Any]], Awaitable[None]]
