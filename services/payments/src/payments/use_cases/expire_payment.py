"""An order expires: the provider is asked for money not yet seen, and only a definite "not paid" closes the payment."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.events import PaymentNotPaid
from payments.domain.payment import Payment, PaymentState, close_unopened, payment_id_of
from payments.domain.psp_account import psp_account_id_of
from payments.use_cases.end_card_payment import end_card_payment, end_open_cards, open_cards_of
from payments.use_cases.ports import Orders, Psp, Run, UnitOfWork
from payments.use_cases.receive_credit import receive_credit
from payments.use_cases.refund_order import refund_order

_OPEN = (PaymentState.OPENED, PaymentState.PARTIALLY_PAID)


async def ask_whether_paid(order_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """`orders` wants a definite answer. A secured or closed payment has given one already."""
    payment = await uow.payments.find(payment_id_of(order_id))
    if payment is None or payment.state in _OPEN:
        await uow.timers.set("confirm_unpaid", order_id, now)


async def confirm_unpaid(order_id: Id, run: Run, psp: Psp, orders: Orders) -> None:
    """Errand: book every credit of the buyer's account that no message told us of, then close what is still unpaid.

    A buyer who is on the card page at this moment is either done, and the order is paid, or comes too late.

    While the provider does not answer, nothing is known and nothing is closed.
    """
    virtual_account_id = await run(partial(_account_to_ask, order_id))
    if virtual_account_id is not None:
        for credit in await psp.credits_of(virtual_account_id):
            await run(partial(receive_credit, credit))
    for card_payment_id in await run(partial(open_cards_of, payment_id_of(order_id))):
        await end_card_payment(card_payment_id, run, psp, orders)
    await run(partial(expire_payment, order_id))


async def expire_payment(order_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """OPENED or PARTIALLY_PAID becomes CLOSED, by compare and set; what was paid goes back."""
    payment = await uow.payments.find(payment_id_of(order_id))
    if payment is None:
        await _close_unopened(order_id, uow, now)
        return
    if payment.state not in _OPEN:
        return
    payment, not_paid = payment.expire(now)
    await uow.payments.save(payment)
    uow.publish(not_paid)
    await end_open_cards(payment.id, uow, now)
    await refund_order(order_id, payment.order.buyer_id, "not_paid_in_time", uow, now)


async def _close_unopened(order_id: Id, uow: UnitOfWork, now: datetime) -> None:
    order = await uow.held_orders.find(order_id)
    if order is None:
        return
    await uow.lock(psp_account_id_of(order.buyer_id, order.amount.currency))
    if await uow.payments.find(payment_id_of(order_id)) is None:
        payment: Payment = close_unopened(order, now, "not_paid_in_time")
        await uow.payments.add(payment)
        uow.publish(PaymentNotPaid(aggregate_id=payment.id, seq=payment.version, order_id=order_id))


async def _account_to_ask(order_id: Id, uow: UnitOfWork, now: datetime) -> str | None:
    payment = await uow.payments.find(payment_id_of(order_id))
    if payment is None or payment.state not in _OPEN:
        return None
    account = await uow.psp_accounts.find(psp_account_id_of(payment.order.buyer_id, payment.due.currency))
    return account.virtual_account_id if account else None
