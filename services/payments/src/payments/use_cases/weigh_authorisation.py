"""A card is authorised that is charged when the goods leave: it secures the order if it holds until they do (decision 10)."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.card_payment import CardState
from payments.use_cases.ports import Orders, Run, UnitOfWork


@dataclass(frozen=True)
class SecureByAuthorisation:
    """`ship_by` is when the last parcel would have to leave."""

    card_payment_id: Id
    ship_by: datetime


async def weigh_authorisation(card_payment_id: Id, run: Run, orders: Orders) -> None:
    """Ask how long it has to hold, then secure the payment or leave it as it is: whoever calls lets go of what is not needed."""
    order_id = await run(partial(_order_to_secure, card_payment_id))
    if order_id is not None:
        ship_by = await orders.ship_by(order_id)
        await run(partial(secure_by_authorisation, SecureByAuthorisation(card_payment_id, ship_by)))


async def secure_by_authorisation(command: SecureByAuthorisation, uow: UnitOfWork, now: datetime) -> None:
    """Secured, not paid. A reservation that would lapse before the goods leave secures nothing."""
    if await _order_to_secure(command.card_payment_id, uow, now) is None:
        return
    card = await uow.card_payments.get(command.card_payment_id)
    if card.valid_until is not None and card.valid_until < command.ship_by:
        return
    payment = await uow.payments.get(card.payment_id)
    await uow.card_payments.save(replace(card, stands_for=payment.missing))
    payment, secured = payment.receive(payment.missing, now, "card", "at_dispatch")
    await uow.payments.save(payment)
    uow.publish(secured)


async def _order_to_secure(card_payment_id: Id, uow: UnitOfWork, now: datetime) -> Id | None:
    card = await uow.card_payments.get(card_payment_id)
    payment = await uow.payments.get(card.payment_id)
    waits = card.state == CardState.AUTHORISED and card.capture_moment == "at_dispatch" and payment.is_open
    return card.order_id if waits else None
