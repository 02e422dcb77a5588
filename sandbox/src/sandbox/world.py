"""What every door of the sandbox shares: settings, database, clock and a bell for the background work."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.kernel.clock import OffsetClock, real_now
from sandbox.domain.faults import Fault
from sandbox.domain.moment import Moment
from sandbox.settings import Settings
from sandbox.storage.faults import take_fault


@dataclass(frozen=True, slots=True)
class World:
    """`bell` is rung after a commit that left something to send or to settle."""

    settings: Settings
    engine: AsyncEngine
    # Where something may be told to go wrong. Only this process tells, and it has read what an earlier one told.
    told_to_fail: set[str] = field(default_factory=set)
    # The same pool for single statements: no BEGIN before and no COMMIT after each.
    statements: AsyncEngine = field(init=False)
    clock: OffsetClock = field(default_factory=OffsetClock)
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        object.__setattr__(self, "statements", self.engine.execution_options(isolation_level="AUTOCOMMIT"))

    def now(self) -> Moment:
        real = real_now()
        return Moment(business=real + self.clock.offset, real=real)

    def show_time(self, offset_seconds: int) -> None:
        """Let business time run `offset_seconds` ahead of real time from here on."""
        self.clock.offset = timedelta(seconds=offset_seconds)

    async def take_fault(self, name: str) -> Fault | None:
        """Use up one fault in a transaction of its own, so that it stays used up when the work then fails."""
        if name not in self.told_to_fail:
            return None
        async with self.engine.begin() as tx:
            return await take_fault(tx, name)
