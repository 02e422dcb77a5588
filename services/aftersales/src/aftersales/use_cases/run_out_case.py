"""Deadline: the seller's days for a remedy are over, so the buyer's money goes back without anybody's asking."""

from datetime import datetime

from aftersales.domain.case import MOVES
from aftersales.use_cases.move_case import Actor, move_case, the_case
from aftersales.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


async def run_out_case(case_id: Id, markets: Markets, uow: UnitOfWork, now: datetime) -> None:
    """Only where the market refunds by itself (J3), and only while the seller still has not solved it."""
    case = await the_case(case_id, Actor("platform"), uow)
    rules = markets.case_rules(case.market, case.policy_version, case.opened_at)
    due = case.remedy_until is not None and now > case.remedy_until
    if due and rules.refunds_when_unfixable and MOVES.allows("run_out", case.state):
        await move_case(case, lambda one: one.run_out(now), uow, now)
