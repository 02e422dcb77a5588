"""The buyer cancelled: the payment closes, and whatever came in for it goes back."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain.events import PaymentClosed
from payments.domain.payment import PaymentState, close_unopened, payment_id_of
from payments.domain.psp_account import psp_account_id_of
from payments.use_cases.end_card_payment import end_open_cards
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.refund_order import refund_order


@dataclass(frozen=True)
class CancelPayment:
    """`reason` stays on the payment and on its refunds."""

    order_id: Id
    reason: str


async def cancel_payment(command: CancelPayment, uow: UnitOfWork, now: datetime) -> None:
    """Also when the money came first: `orders` had said no before it heard of it, so it is not kept."""
    order_id, reason = command.order_id, command.reason
    payment = await uow.payments.find(payment_id_of(order_id))
    if payment is None:
        await _close_unopened(order_id, reason, uow, now)
        return
    if payment.state == PaymentState.CLOSED:
        return
    payment, closed = payment.cancel(now, reason)
    await uow.payments.save(payment)
    uow.publish(closed)
    await end_open_cards(payment.id, uow, now)
    await refund_order(order_id, payment.order.buyer_id, reason, uow, now)


async def _close_unopened(order_id: Id, reason: str, uow: UnitOfWork, now: datetime) -> None:
    order = await uow.held_orders.find(order_id)
    if order is None:
        return
    await uow.lock(psp_account_id_of(order.buyer_id, order.amount.currency))
    payment = close_unopened(order, now, reason)
    await uow.payments.add(payment)
    uow.publish(PaymentClosed(aggregate_id=payment.id, seq=1, order_id=order_id, reason=reason))
