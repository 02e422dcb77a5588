"""Answers that come no sooner than at a set time: how long one took tells nobody what stands behind it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

# Several times what a sign-up takes where it keeps something, and what it takes where it keeps nothing.
SIGN_UP = timedelta(milliseconds=100)


@asynccontextmanager
async def no_sooner_than(
    floor: timedelta,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[None]:
    """What is inside ends so long after it began, refusals too; what takes longer is not held up. In real time."""
    until = clock() + floor.total_seconds()
    try:
        yield
    finally:
        await pause(max(0.0, until - clock()))
