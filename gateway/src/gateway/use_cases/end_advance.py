"""The end of an advance: at its target with all quiet, or given up because somebody stayed busy."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from gateway.domain.advance import Advance
from gateway.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class EndAdvance:
    """The advance ended: at its target, or for `failure`."""

    id: Id
    failure: str | None = None


async def end_advance(command: EndAdvance, uow: UnitOfWork, now: datetime) -> Advance:
    """Record the end."""
    advance = await uow.advances.get(command.id)
    advance = advance.finished() if command.failure is None else advance.failed(command.failure)
    await uow.advances.save(advance)
    return advance
