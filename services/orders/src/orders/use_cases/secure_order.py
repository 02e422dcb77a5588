"""The money is there: the order is secured and its sellers get to work."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from orders.domain.order import CAPTURE_DONE, MOVES
from orders.domain.policies import OrderRules
from orders.domain.seller_order import SellerOrder
from orders.use_cases.close_unpaid_order import stop_hold_timers
from orders.use_cases.end_paid_part import ACCEPTANCE_LAPSE
from orders.use_cases.follow_seller_orders import follow_seller_orders
from orders.use_cases.keep_order import keep_order
from orders.use_cases.keep_seller_order import keep_seller_order
from orders.use_cases.mark_late import watch_ship_by
from orders.use_cases.note_without_effect import note_without_effect
from orders.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class SecureOrder:
    """Payments has all of the money, or (`capture` at_dispatch) a card that is authorised for it."""

    order_id: Id
    payment_id: Id
    secured_at: datetime
    capture: str = CAPTURE_DONE


async def secure_order(command: SecureOrder, uow: UnitOfWork, now: datetime) -> None:
    """Secured, then ready to ship. Money for an order that has ended changes nothing here: payments sends it back."""
    order = await uow.orders.lock(command.order_id)
    if order is None:
        return
    if not MOVES.allows("secure", order.state):
        await note_without_effect(uow, order, "late_payment_ignored", "payments", now)
        return
    moved = order.secure(command.payment_id, command.secured_at, command.capture, at=now)
    order = await keep_order(uow, order, moved, "secure", "payments", now)
    await stop_hold_timers(uow, order.id)
    rules = uow.rules.of_version(order.policy_version)
    for part in await uow.seller_orders.of_order(order.id):
        await _start(part, rules, command.secured_at, uow, now)
    await follow_seller_orders(uow, order, now)


async def _start(part: SellerOrder, rules: OrderRules, secured_at: datetime, uow: UnitOfWork, now: datetime) -> None:
    days = rules.calendar_of_market()
    if not part.is_vat_cleared:
        until = days.same_time_after(now, rules.vat_hold_business_days)
        await uow.timers.set("vat_hold", part.id, until)
    if rules.is_accepted_automatically:
        moved = part.make_ready(rules, secured_at, at=now)
        await watch_ship_by(uow, await keep_seller_order(uow, part, moved, "make_ready", "system", now))
        return
    deadline = days.deadline_after(secured_at, rules.acceptance_business_days)
    asked = part.await_acceptance(deadline.due_at, at=now)
    await keep_seller_order(uow, part, asked, "await_acceptance", "system", now)
    await uow.timers.set(ACCEPTANCE_LAPSE, part.id, deadline.acts_at)
