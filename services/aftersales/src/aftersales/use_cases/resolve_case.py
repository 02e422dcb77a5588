"""A working device goes back to the buyer."""

from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.case import MOVES, Case, CaseState
from aftersales.domain.errors import ReplacementNotNamed
from aftersales.use_cases.move_case import Actor, move_case, the_case
from aftersales.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class ResolveCase:
    """`tracking` is the parcel; `replacement_unit` the new device's IMEI or serial number, where it was replaced."""

    actor: Actor
    case_id: Id
    tracking: str
    replacement_unit: str | None = None


async def resolve_case(command: ResolveCase, uow: UnitOfWork, now: datetime) -> Case:
    """A replacement is named, so that its buyer can claim for it later; a repair has none."""
    case = await the_case(command.case_id, command.actor, uow)
    MOVES.after("resolve", case.state)
    if (case.state is CaseState.REPLACING) != (command.replacement_unit is not None):
        raise ReplacementNotNamed(remedy=str(case.remedy))
    return await move_case(case, lambda one: one.resolve(command.tracking, command.replacement_unit, now), uow, now)
