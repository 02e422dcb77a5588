"""The seller repairs or replaces."""

from dataclasses import dataclass
from datetime import datetime

from aftersales.domain.case import Case, Remedy
from aftersales.use_cases.move_case import Actor, move_case, the_case
from aftersales.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class ChooseRemedy:
    """By the seller, who may change it while it works."""

    actor: Actor
    case_id: Id
    remedy: Remedy


async def choose_remedy(command: ChooseRemedy, markets: Markets, uow: UnitOfWork, now: datetime) -> Case:
    """As far as the market offers it."""
    case = await the_case(command.case_id, command.actor, uow)
    rules = markets.case_rules(case.market, case.policy_version, case.opened_at)
    return await move_case(case, lambda one: one.choose(command.remedy, rules, now), uow, now)
