"""The errand that looks once more, when nothing can be under way any more, and ends a closure."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from accounts.domain.erasure import ErasureCause
from accounts.use_cases.close_company import CloseCompany, close_company
from accounts.use_cases.ports import Markets, OpenBusinessElsewhere
from chassis.db.timers import DueTimer
from chassis.kernel.clock import real_now


def finish_closing(
    business: OpenBusinessElsewhere, markets: Markets, run: Callable[[Any], Awaitable[Any]]
) -> Callable[[DueTimer], Awaitable[None]]:
    """The timer's key is the company; a service that does not answer is asked again."""

    async def finish(timer: DueTimer) -> None:
        found = await business.of(timer.key)
        erase, cause = bool(timer.payload["erase"]), ErasureCause(timer.payload["cause"])
        command = CloseCompany(timer.key, found.open, real_now(), erase, cause)
        await run(partial(close_company, command, markets))

    return finish
