"""A card payment is not needed any more, or must be decided: a definite answer of the provider, one way or the other."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.card_payment import CardPayment, CardState
from payments.domain.payment import PaymentState
from payments.use_cases.apply_card import apply_card
from payments.use_cases.fail_card import fail_card
from payments.use_cases.ports import Orders, Psp, Run, UnitOfWork
from payments.use_cases.weigh_authorisation import weigh_authorisation


async def end_card_payment(card_payment_id: Id, run: Run, psp: Psp, orders: Orders) -> None:
    """Errand: what waits for its buyer is cancelled, what is authorised secures the order or is voided, the rest is booked."""
    card = await run(partial(_read, card_payment_id))
    if not card.is_open:
        return
    reference = str(card.id)
    found = await psp.find_card(reference)
    if found is None:
        await run(partial(fail_card, card.id, "cancelled"))
        return
    if found.is_undecided:
        await psp.cancel_card(found.provider_id, reference)
        found = await psp.find_card(reference) or found
    await run(partial(apply_card, found))
    await weigh_authorisation(card.id, run, orders)
    if found.status == "authorised" and not await run(partial(_is_needed, card.id)):
        await psp.void_card(found.provider_id, reference)
        await run(partial(apply_card, await psp.find_card(reference) or found))


async def end_open_cards(payment_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """The payment was decided otherwise: attempts that are still open must come to an end."""
    for card in await uow.card_payments.of_payment(payment_id):
        if card.is_open:
            await uow.timers.set("end_card_payment", card.id, now)


async def open_cards_of(payment_id: Id, uow: UnitOfWork, now: datetime) -> list[Id]:
    """Attempts that may still bring money."""
    return [card.id for card in await uow.card_payments.of_payment(payment_id) if card.is_open]


async def _is_needed(card_payment_id: Id, uow: UnitOfWork, now: datetime) -> bool:
    card = await uow.card_payments.get(card_payment_id)
    payment = await uow.payments.get(card.payment_id)
    if card.capture_moment == "at_once" or payment.state == PaymentState.CLOSED or payment.capture != "at_dispatch":
        # What is captured at once comes back as a capture, and is dealt with as one.
        return card.capture_moment == "at_once"
    held = [one for one in await uow.card_payments.of_payment(payment.id) if one.state == CardState.AUTHORISED]
    return bool(held) and held[-1].id == card.id


async def _read(card_payment_id: Id, uow: UnitOfWork, now: datetime) -> CardPayment:
    return await uow.card_payments.get(card_payment_id)
