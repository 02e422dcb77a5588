"""The buyer keeps the device after all."""

from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.case import Case
from aftersales.use_cases.move_case import Actor, move_case, the_case
from aftersales.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class WithdrawCase:
    """By the buyer."""

    actor: Actor
    case_id: Id


async def withdraw_case(command: WithdrawCase, uow: UnitOfWork, now: datetime) -> Case:
    """Possible until the seller has it."""
    case = await the_case(command.case_id, command.actor, uow)
    return await move_case(case, lambda one: one.withdraw(now), uow, now)
