"""The errand behind an advance: step from one due instant to the next until the target is reached and all is quiet."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from chassis.db.executor import Executor
from chassis.db.timers import DueTimer
from chassis.kernel.errors import Unavailable
from gateway.domain.advance import AdvanceState, Standing, busy_ones, next_stop
from gateway.use_cases.end_advance import EndAdvance, end_advance
from gateway.use_cases.ports import Platform
from gateway.use_cases.step_advance import StepAdvance, step_advance

# Longer than the lease and the longest pause of an errand: one whose process died is taken up again after a minute.
QUIET_SECONDS_MAX = 90.0
POLL_SECONDS = 0.04


class ClockErrand:
    """Runs an advance; a crash in between is no harm, for the errand is taken up again and goes on from where it stood."""

    def __init__(self, executor: Executor[Any], platform: Platform) -> None:
        self._executor = executor
        self._platform = platform

    async def __call__(self, timer: DueTimer) -> None:
        """Step until done; keeps within the errand's lease by ending as failed when somebody stays busy."""
        while True:
            standings, quiet = await self._quiet()
            if not quiet:
                await self._executor.run(partial(end_advance, EndAdvance(timer.key, busy_ones(standings))))
                return
            advance = await self._executor.run(partial(_current, timer.key))
            if advance.state is not AdvanceState.RUNNING:
                return
            if advance.reached >= advance.target:
                await self._executor.run(partial(end_advance, EndAdvance(timer.key)))
                return
            stop = next_stop(standings, advance.target)
            await self._platform.move_to(stop)
            await self._executor.run(partial(step_advance, StepAdvance(timer.key, stop)))

    async def _quiet(self) -> tuple[Sequence[Standing], bool]:
        """Wait until all parts were quiet twice in a row: a fact may be under way between two of them."""
        deadline = time.monotonic() + QUIET_SECONDS_MAX
        in_a_row = 0
        standings: Sequence[Standing] = ()
        while time.monotonic() < deadline:
            try:
                standings = await self._platform.standings()
            except Unavailable:
                in_a_row = 0
            else:
                in_a_row = in_a_row + 1 if all(one.is_quiet for one in standings) else 0
            if in_a_row == 2:
                return standings, True
            await asyncio.sleep(POLL_SECONDS)
        return standings, False


async def _current(id: Any, uow: Any, now: Any) -> Any:
    return await uow.advances.get(id)
