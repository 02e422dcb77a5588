"""The errand that finds out when a company bought last, and lets its market's retention be weighed."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

from accounts.use_cases.ports import Markets, OpenBusinessElsewhere
from accounts.use_cases.weigh_retention import WeighRetention, weigh_retention
from chassis.db.timers import DueTimer
from chassis.kernel.clock import real_now


def look_at_retention(
    business: OpenBusinessElsewhere, markets: Markets, run: Callable[[Any], Awaitable[Any]]
) -> Callable[[DueTimer], Awaitable[None]]:
    """The timer's key is the company; for those of before it begins to count when it is looked at first."""

    async def look(timer: DueTimer) -> None:
        found = await business.of(timer.key)
        since = timer.payload.get("since")
        warned_of = timer.payload.get("warned_of")
        command = WeighRetention(
            timer.key,
            datetime.fromisoformat(since) if since else timer.due_at,
            found,
            real_now(),
            datetime.fromisoformat(warned_of) if warned_of else None,
        )
        await run(partial(weigh_retention, command, markets))

    return look
