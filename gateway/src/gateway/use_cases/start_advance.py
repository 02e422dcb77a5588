"""Start an advance of the test clock; it then runs step by step as an errand."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.errors import WrongState
from chassis.kernel.ids import Id
from gateway.domain.advance import Advance, new_advance
from gateway.use_cases.ports import UnitOfWork

ERRAND = "advance_clock"


class AdvanceRunning(WrongState):
    """There is one clock: two advances at once would race."""

    code = "advance_running"
    title = "The test clock is already being advanced"


@dataclass(frozen=True)
class StartAdvance:
    """Move the platform's business time to `target`."""

    id: Id
    target: datetime


async def start_advance(command: StartAdvance, uow: UnitOfWork, now: datetime) -> Advance:
    """Store the advance and send the errand on its way."""
    if running := await uow.advances.running():
        raise AdvanceRunning(id=str(running[0].id))
    advance = new_advance(command.id, now, command.target)
    await uow.advances.add(advance)
    await uow.timers.set(ERRAND, advance.id, now)
    return advance
