"""The seller can neither repair nor replace the device: the refund begins by itself."""

from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.case import Case, Impossible
from aftersales.use_cases.move_case import Actor, move_case, the_case
from aftersales.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class GiveUpCase:
    """`reason` is why."""

    actor: Actor
    case_id: Id
    reason: Impossible


async def give_up_case(command: GiveUpCase, uow: UnitOfWork, now: datetime) -> Case:
    """Also where other sellers still have the model (I5)."""
    case = await the_case(command.case_id, command.actor, uow)
    return await move_case(case, lambda one: one.give_up(command.reason, now), uow, now)
