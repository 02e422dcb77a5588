"""Faults on requests: fail, wait, or leave the client without an answer before or after the work."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from fastapi import Request

from sandbox.domain import faults
from sandbox.domain.errors import AnswerWithheld, FaultInjected
from sandbox.domain.faults import Fault
from sandbox.world import World

Result = TypeVar("Result")


async def under_fault(
    request: Request, world: World, name: str | None, work: Callable[[Fault | None], Awaitable[Result]]
) -> Result:
    """Do the work with the fault laid down at `name`; faults that belong to the work itself are handed to it."""
    fault = await world.take_fault(name) if name else None
    mode = fault.mode if fault else None
    if mode == faults.ERROR_500:
        raise FaultInjected
    if mode == faults.TIMEOUT_BEFORE:
        await _say_nothing(request, world.settings.hang_seconds_max)
    if fault and mode == faults.DELAY:
        await asyncio.sleep(fault.delay_seconds)
    result = await work(fault)
    if mode == faults.TIMEOUT_AFTER_SUCCESS:
        await _say_nothing(request, world.settings.hang_seconds_max)
    return result


async def _say_nothing(request: Request, seconds_max: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds_max):
            await _client_gone(request)
    raise AnswerWithheld


async def _client_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
