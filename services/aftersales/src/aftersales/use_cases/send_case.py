"""The buyer hands the parcel over."""

from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.case import Case
from aftersales.use_cases.move_case import Actor, move_case, the_case
from aftersales.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class SendCase:
    """`tracking` is the number of the return parcel."""

    actor: Actor
    case_id: Id
    tracking: str


async def send_case(command: SendCase, uow: UnitOfWork, now: datetime) -> Case:
    """Optional: a parcel that arrives unannounced is received all the same."""
    case = await the_case(command.case_id, command.actor, uow)
    return await move_case(case, lambda one: one.send(command.tracking, now), uow, now)
