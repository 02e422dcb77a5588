"""Waiting for a condition with a deadline: what tests do instead of sleeping."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(ask: Callable[[], Awaitable[T]], expected: T, *, seconds: float = 60.0) -> T:
    """Ask again and again until the answer is the expected one; the last answer is in the failure."""
    return await until_true(ask, lambda answer: answer == expected, seconds=seconds, wanted=repr(expected))


async def until_true(
    ask: Callable[[], Awaitable[T]],
    fits: Callable[[T], bool],
    *,
    seconds: float = 60.0,
    wanted: str = "a fitting answer",
) -> T:
    """Ask again and again until the answer fits."""
    deadline = time.monotonic() + seconds
    while True:
        answer = await ask()
        if fits(answer):
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"still {answer!r} after {seconds} s, wanted {wanted}")
        await asyncio.sleep(0.02)
