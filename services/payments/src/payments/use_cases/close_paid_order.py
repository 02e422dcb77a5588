"""A paid order of which nothing is delivered has ended: its payment closes, and a card that still stands for it is let go."""

from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain.payment import PaymentState, payment_id_of
from payments.use_cases.end_card_payment import end_open_cards
from payments.use_cases.ports import UnitOfWork

NOTHING_DELIVERED = "nothing_delivered"


async def close_paid_order(order_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """CLOSED. What came in goes back part by part, as each of them ends (`refund_part`), in whatever order we hear of it."""
    payment = await uow.payments.get(payment_id_of(order_id))
    if payment.state is not PaymentState.SECURED:
        return
    payment, closed = payment.cancel(now, NOTHING_DELIVERED)
    await uow.payments.save(payment)
    uow.publish(closed)
    await end_open_cards(payment.id, uow, now)
