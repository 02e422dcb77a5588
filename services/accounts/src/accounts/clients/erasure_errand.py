"""The errand that raises the alarm where a holder has not obeyed an erasure within a day."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import structlog

from accounts.use_cases.watch_erasure import WatchErasure, watch_erasure
from chassis.db.timers import DueTimer

log = structlog.get_logger(__name__)


def raise_alarm(run: Callable[[Any], Awaitable[Any]]) -> Callable[[DueTimer], Awaitable[None]]:
    """The timer's key is the erasure, `run` is the executor's."""

    async def look(timer: DueTimer) -> None:
        waits_for = await run(partial(watch_erasure, WatchErasure(timer.key)))
        if waits_for:
            log.error("erasure.overdue", erasure_id=str(timer.key), waits_for=list(waits_for))

    return look
