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
_FIRST_LOOK_SECONDS = 0.001

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
        self._rung: set[Id] = set()
        self._bell = asyncio.Event()
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
                self._rung.discard(order_id)

    def ring(self, order_id: Id) -> None:
        """The order was settled, as far as this process knows."""
        if order_id in self._waiting:
            self._rung.add(order_id)
            self._bell.set()

    async def _watch(self) -> None:
        pause = POLL_SECONDS
        while self._waiting:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._bell.wait()
            if self._bell.is_set():
                self._bell.clear()
                # Whoever was settled by the same commit shares the look; a bell that rang too early is followed up.
                pause = _FIRST_LOOK_SECONDS
                await asyncio.sleep(0)
            await self._wake(list(self._rung) or list(self._waiting))
            pause = min(pause * 2, POLL_SECONDS) if self._rung else POLL_SECONDS

    async def _wake(self, order_ids: Sequence[Id]) -> None:
        try:
            settled = await self._read_settled(order_ids) if order_ids else ()
        except Exception as error:
            # The database may be away for a moment; those who wait have a deadline of their own.
            log.warning("waiters.read_failed", error=type(error).__name__)
            return
        for order_id in settled:
            self._rung.discard(order_id)
            for waiter in self._waiting.get(order_id, ()):
                waiter.settled.set()
