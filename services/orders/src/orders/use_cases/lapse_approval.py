"""Nobody approved an order in time: it does not come about."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.order import OrderState
from orders.domain.reservation import Refusal
from orders.use_cases.keep_order import keep_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class LapseApproval:
    """The order that has waited long enough."""

    order_id: Id


async def lapse_approval(command: LapseApproval, uow: UnitOfWork, now: datetime) -> None:
    """REFUSED, unless somebody decided, or the buyer withdrew it, in the meantime."""
    order = await uow.orders.lock(command.order_id)
    if order is None or order.state is not OrderState.AWAITING_APPROVAL:
        return
    await keep_order(uow, order, order.refuse(Refusal("approval_lapsed"), at=now), "refuse", "timer", now)
