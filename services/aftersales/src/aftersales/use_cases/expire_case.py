"""Deadline: the device was never sent back."""

from datetime import datetime

from aftersales.domain.case import CaseState
from aftersales.use_cases.move_case import Actor, move_case, the_case
from aftersales.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


async def expire_case(case_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """A case that moved on in the meantime stays as it is. The buyer may open another one while the warranty lasts."""
    case = await the_case(case_id, Actor("platform"), uow)
    if case.state is CaseState.AUTHORISED:
        await move_case(case, lambda one: one.expire(now), uow, now)
