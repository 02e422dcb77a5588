"""The device arrived at the seller."""

from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.case import Case
from aftersales.use_cases.move_case import Actor, move_case, the_case
from aftersales.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class ReceiveCase:
    """By the seller."""

    actor: Actor
    case_id: Id


async def receive_case(command: ReceiveCase, markets: Markets, uow: UnitOfWork, now: datetime) -> Case:
    """The seller's days for a remedy begin."""
    case = await the_case(command.case_id, command.actor, uow)
    rules = markets.case_rules(case.market, case.policy_version, case.opened_at)
    return await move_case(case, lambda one: one.receive(rules, now), uow, now)
