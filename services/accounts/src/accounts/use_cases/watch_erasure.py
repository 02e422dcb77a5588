"""A day is over and an erasure may not be done: somebody has to know."""

from dataclasses import dataclass
from datetime import datetime

from accounts.use_cases.begin_erasure import PATIENCE, WATCH_ERASURE
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class WatchErasure:
    """Which one."""

    erasure_id: Id


async def watch_erasure(command: WatchErasure, uow: UnitOfWork, now: datetime) -> tuple[str, ...]:
    """Which holders have not obeyed; while there are any it is looked at again each day."""
    erasure = await uow.erasures.get(command.erasure_id)
    if erasure.waits_for:
        await uow.timers.set(WATCH_ERASURE, erasure.id, now + PATIENCE)
    return erasure.waits_for
