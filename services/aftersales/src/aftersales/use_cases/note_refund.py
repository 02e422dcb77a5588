"""Payments tells that the buyer has the money of a case."""

from datetime import datetime

from aftersales.domain.case import CaseState
from aftersales.use_cases.move_case import move_case
from aftersales.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


async def note_refund(case_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """A repeat, and a refund of a case that is not known here, change nothing."""
    found = await uow.cases.find(case_id)
    if found is None:
        return
    await uow.lock(found.shipment_id)
    case = await uow.cases.get(case_id)
    if case.state is CaseState.REFUNDING:
        await move_case(case, lambda one: one.refund(now), uow, now)
