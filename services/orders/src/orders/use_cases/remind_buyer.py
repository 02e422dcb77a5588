"""The buyer is reminded that the money for an order is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.hold import Reminder
from orders.domain.order import MOVES
from orders.use_cases.keep_order import keep_order
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class RemindBuyer:
    """Which reminder it is."""

    order_id: Id
    after_business_days: int


async def remind_buyer(command: RemindBuyer, uow: UnitOfWork, now: datetime) -> None:
    """Publishes the reminder while the order is unpaid, and sets the next one."""
    order = await uow.orders.lock(command.order_id)
    if order is None or not MOVES.allows("remind", order.state):
        return
    moved = order.remind(command.after_business_days, at=now)
    order = await keep_order(uow, order, moved, "remind", "timer", now)
    assert order.hold is not None, "an order that waits for money has a hold"
    later = [one for one in order.hold.reminders if one.after_business_days > command.after_business_days]
    await set_reminder(uow, order.id, later)


async def set_reminder(uow: UnitOfWork, order_id: Id, reminders: Sequence[Reminder]) -> None:
    """Set the next reminder; a timer has one due instant, so each sets the one after it."""
    if reminders:
        following = min(reminders, key=lambda one: one.at)
        payload = {"after_business_days": following.after_business_days}
        await uow.timers.set("hold_reminder", order_id, following.at, payload)
