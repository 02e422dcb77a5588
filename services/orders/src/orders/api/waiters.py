"""Requests that wait for their own order to settle: woken in process, with a slow poll behind it.

The bell rings after the commit. The poll covers what it cannot: another copy of the service settled the order. One task
reads for all that wait, so a hundred waiting requests cost one query, not a hundred.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import structlog

from chassis.kernel.ids import Id

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.25

ReadSettled = Callable[[Sequence[Id]], Awaitable[Sequence[Id]]]


class Waiter:
    """One request's wait for one order."""

    def __init__(self) -> None:
        self.settled = asyncio.Event()

    async def wait(self, seconds: float) -> bool:
        """Whether the order settled in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.settled.wait()
        return self.settled.is_set()


class Waiters:
    """All requests of this process that wait."""

    def __init__(self, read_settled: ReadSettled) -> None:
        self._read_settled = read_settled
        self._waiting: dict[Id, set[Waiter]] = {}
        self._watching: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def expect(self, order_id: Id) -> AsyncIterator[Waiter]:
        """Enter this before the order is written: what settles first can then not be missed."""
        waiter = Waiter()
        self._waiting.setdefault(order_id, set()).add(waiter)
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch(), name="order-waiters")
        try:
            yield waiter
        finally:
            others = self._waiting[order_id]
            others.discard(waiter)
            if not others:
                del self._waiting[order_id]

    def ring(self, order_id: Id) -> None:
        """The order was settled and the commit is done: whoever waits for it goes on at once."""
        for waiter in self._waiting.get(order_id, ()):
            waiter.settled.set()

    async def _watch(self) -> None:
        while self._waiting:
            await asyncio.sleep(POLL_SECONDS)
            await self._look()

    async def _look(self) -> None:
        waiting = [id for id, waiters in self._waiting.items() if not all(one.settled.is_set() for one in waiters)]
        if not waiting:
            return
        try:
            settled = await self._read_settled(waiting)
        except Exception as error:
            # The database may be away for a moment; those who wait have a deadline of their own.
            log.warning("waiters.read_failed", error=type(error).__name__)
            return
        for order_id in settled:
            self.ring(order_id)
