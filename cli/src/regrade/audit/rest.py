"""Waits until the platform is quiet: laws between services hold only when nothing is under way."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from regrade.audit.facts import Stand
from regrade.audit.progress import Advance

_PAUSE_SECONDS = 1.0
# Once could be the moment between two steps of one story.
_QUIET_LOOKS = 2

Look = Callable[[], Awaitable[tuple[Sequence[Stand], int]]]


async def wait_for_rest(look: Look, patience_seconds: float, advance: Advance) -> str | None:
    """None once it is quiet, else what was still going on when the time was up.

    `look` gives how the services stand and how much is under way in the world outside.
    """
    began = time.monotonic()
    quiet = 0
    while True:
        stands, under_way = await look()
        worries = [f"{stand.service}: {', '.join(stand.worries)}" for stand in stands if stand.worries]
        if under_way:
            worries.append(f"outside: {under_way} under way")
        quiet = 0 if worries else quiet + 1
        waited = time.monotonic() - began
        advance(int(waited), int(patience_seconds) or 1)
        if quiet == _QUIET_LOOKS:
            return None
        if worries and waited >= patience_seconds:
            return f"not quiet after {waited:.0f} s ({'; '.join(worries)})"
        await asyncio.sleep(_PAUSE_SECONDS)
