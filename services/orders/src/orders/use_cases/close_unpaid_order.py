"""What ends together with an order that nobody paid: its seller orders and its deadlines."""

from datetime import datetime

from chassis.kernel.ids import Id
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.ports import UnitOfWork


async def close_unpaid_order(uow: UnitOfWork, order_id: Id, reason: str, actor: str, now: datetime) -> None:
    """Cancel all seller orders for this reason and stop the clocks."""
    for part in await uow.seller_orders.of_order(order_id):
        await keep_seller_order(uow, part, part.cancel(reason, at=now), "cancel", actor, now)
    await stop_hold_timers(uow, order_id)


async def stop_hold_timers(uow: UnitOfWork, order_id: Id) -> None:
    """The hold is over, one way or the other."""
    await uow.timers.cancel("hold_expiry", order_id)
    await uow.timers.cancel("hold_reminder", order_id)
