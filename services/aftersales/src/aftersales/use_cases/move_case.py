"""What a party does with an open case: one function that finds it for the right one, moves it and ends what ends with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aftersales.domain.case import Case, CaseState
from aftersales.domain.errors import CaseNotFound
from aftersales.domain.events import CaseEvent
from aftersales.use_cases.close_claim_window import close_if_due
from aftersales.use_cases.open_case import AFTER_THE_LAST_SECOND, SEND_BY
from aftersales.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id

REMEDY = "case_remedy"
Move = Callable[[Case], tuple[Case, CaseEvent]]


@dataclass(frozen=True)
class Actor:
    """Who acts: the buyer or the seller of the case, an operator for either, or the platform itself."""

    kind: Literal["buyer", "seller", "operator", "platform"]
    company_id: Id | None = None

    def may_touch(self, case: Case) -> bool:
        """Whether the case is the actor's."""
        if self.kind == "buyer":
            return case.buyer_id == self.company_id
        return self.kind != "seller" or case.seller_id == self.company_id


async def the_case(case_id: Id, actor: Actor, uow: UnitOfWork) -> Case:
    """The case, locked with its parcel; raises CaseNotFound where there is none or it is not the actor's."""
    found = await uow.cases.find(case_id)
    if found is None or not actor.may_touch(found):
        raise CaseNotFound(case_id=str(case_id))
    await uow.lock(found.shipment_id)
    return await uow.cases.get(case_id)


async def move_case(case: Case, move: Move, uow: UnitOfWork, now: datetime) -> Case:
    """Save and tell; the deadlines follow the state, and a case that ended lets the claim window close."""
    moved, event = move(case)
    await uow.cases.save(moved)
    uow.publish(event)
    await _set_deadlines(case, moved, uow)
    if not moved.is_open:
        await close_if_due(moved.shipment_id, uow, now)
    return moved


async def _set_deadlines(before: Case, after: Case, uow: UnitOfWork) -> None:
    if before.state is CaseState.AUTHORISED:
        await uow.timers.cancel(SEND_BY, after.id)
    at_work = after.state in (CaseState.RECEIVED, CaseState.INSPECTED, CaseState.REPAIRING, CaseState.REPLACING)
    if not at_work or after.remedy_until is None:
        await uow.timers.cancel(REMEDY, after.id)
    elif after.remedy_until != before.remedy_until:
        await uow.timers.set(REMEDY, after.id, after.remedy_until + AFTER_THE_LAST_SECOND)
