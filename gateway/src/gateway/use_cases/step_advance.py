"""One step of an advance: record where the clock stands now."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from gateway.domain.advance import Advance
from gateway.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class StepAdvance:
    """The clock was moved to `reached`."""

    id: Id
    reached: datetime


async def step_advance(command: StepAdvance, uow: UnitOfWork, now: datetime) -> Advance:
    """Record a step."""
    advance = (await uow.advances.get(command.id)).stepped_to(command.reached)
    await uow.advances.save(advance)
    return advance
