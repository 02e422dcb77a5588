"""Somebody of the buyer's company approves or refuses an order that waits for it."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.approval import Word
from orders.domain.errors import ApprovalStepOver, OrderMoveRefused
from orders.domain.order import MOVES, OrderState
from orders.domain.purchasing import no_rules
from orders.use_cases.check_limits import APPROVAL_LAPSE
from orders.use_cases.keep_order import keep_order
from orders.use_cases.lock_order import lock_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class DecideApproval:
    """What a person says; `step` is the one it was said about, None for whichever is the present one."""

    order_id: Id
    buyer_id: Id
    word: Word
    step: int | None = None


async def decide_approval(command: DecideApproval, uow: UnitOfWork, now: datetime) -> Id:
    """The next step, catalog (after the last yes), or REFUSED.

    The steps are those of the day it was placed, the people in them those who may approve today. Raises OrderNotFound,
    OrderMoveRefused once it no longer waits, ApprovalStepOver or NotYourApproval.
    """
    order = await lock_order(uow, command.order_id, command.buyer_id)
    if not MOVES.allows("approve", order.state) or order.approval is None:
        raise OrderMoveRefused(state=str(order.state))
    if command.step is not None and command.step != order.approval.step:
        raise ApprovalStepOver(step=order.approval.step)
    own_rules = await uow.purchasing.of(order.buyer_id) or no_rules(order.buyer_id)
    approval = order.approval.decided(command.word, own_rules, order.placed_by, now)
    if not command.word.approved:
        await keep_order(uow, order, order.disapprove(approval, at=now), "refuse", "approver", now)
    else:
        if not approval.is_given:
            approval = approval.asking(own_rules, order.placed_by, now)
        after, fact = order.approve(approval, at=now)
        move = "approve" if after.state is OrderState.RESERVING else "approve_step"
        await keep_order(uow, order, (after, fact), move, "approver", now)
    if not command.word.approved or approval.is_given:
        await uow.timers.cancel(APPROVAL_LAPSE, order.id)
    return order.id
