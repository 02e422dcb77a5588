"""The buyer cancels an order it has not paid, or that its own people have not approved."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.errors import CancellationNotSelfService, OrderMoveRefused
from orders.domain.order import MOVES
from orders.use_cases.check_limits import APPROVAL_LAPSE
from orders.use_cases.close_unpaid_order import close_unpaid_order
from orders.use_cases.keep_order import keep_order
from orders.use_cases.lock_order import lock_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class CancelOrder:
    """Who cancels which order."""

    buyer_id: Id
    order_id: Id


async def cancel_order(command: CancelOrder, uow: UnitOfWork, now: datetime) -> Id:
    """CANCELLED_BY_BUYER. Raises OrderNotFound, OrderMoveRefused once it is paid, or CancellationNotSelfService (row C5).

    What waits for an approval binds nobody yet: it is withdrawn in every market.
    """
    order = await lock_order(uow, command.order_id, command.buyer_id)
    if MOVES.allows("withdraw", order.state):
        await keep_order(uow, order, order.withdraw(at=now), "withdraw", "buyer", now)
        await uow.timers.cancel(APPROVAL_LAPSE, order.id)
        return order.id
    if order.secured_at is not None:
        raise OrderMoveRefused(
            "it is paid: ask for what has not left with its cancellation-requests", state=str(order.state)
        )
    moved = order.cancel(at=now)
    if not uow.rules.of_version(order.policy_version).cancels_itself:
        raise CancellationNotSelfService
    await keep_order(uow, order, moved, "cancel", "buyer", now)
    await close_unpaid_order(uow, order.id, "cancelled_by_buyer", "buyer", now)
    return order.id
