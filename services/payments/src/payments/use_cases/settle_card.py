"""Get a definite answer about card payments that are open: bring their money in, or end them at the provider."""

from datetime import datetime, timedelta
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.card_payment import UNDECIDED, CaptureState, CardPayment, CardState
from payments.domain.payment import PaymentState
from payments.use_cases.apply_card import apply_card, fail_card
from payments.use_cases.ports import Psp, Run, UnitOfWork

_LOOK_AGAIN = timedelta(hours=1)


async def end_card_payment(card_payment_id: Id, run: Run, psp: Psp) -> None:
    """Errand: what waits for its buyer is cancelled, what is authorised and not needed is voided, the rest is booked."""
    card = await run(partial(read_card, card_payment_id))
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
    if found.status == "authorised" and not await run(partial(_is_needed, card.id)):
        await psp.void_card(found.provider_id, reference)
        await run(partial(apply_card, await psp.find_card(reference) or found))


async def check_card_payment(card_payment_id: Id, run: Run, psp: Psp) -> None:
    """Errand: a message is overdue, so the provider is asked. Whose time is over is ended there, which is definite."""
    card = await run(partial(read_card, card_payment_id))
    found = await psp.find_card(str(card.id))
    if found is not None:
        await run(partial(apply_card, found))
    if await run(partial(_is_late, card.id)):
        await end_card_payment(card.id, run, psp)
    await run(partial(_look_again, card.id))


async def end_open_cards(payment_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """The payment was decided otherwise: attempts that are still open must come to an end."""
    for card in await uow.card_payments.of_payment(payment_id):
        if card.is_open:
            await uow.timers.set("end_card_payment", card.id, now)


async def open_cards_of(payment_id: Id, uow: UnitOfWork, now: datetime) -> list[Id]:
    """Attempts that may still bring money."""
    return [card.id for card in await uow.card_payments.of_payment(payment_id) if card.is_open]


async def read_card(card_payment_id: Id, uow: UnitOfWork, now: datetime) -> CardPayment:
    """As it stands."""
    return await uow.card_payments.get(card_payment_id)


async def _is_needed(card_payment_id: Id, uow: UnitOfWork, now: datetime) -> bool:
    card = await uow.card_payments.get(card_payment_id)
    payment = await uow.payments.get(card.payment_id)
    if card.capture_moment == "at_once" or payment.state == PaymentState.CLOSED or payment.capture != "at_dispatch":
        # What is captured at once comes back as a capture, and is dealt with as one.
        return card.capture_moment == "at_once"
    held = [one for one in await uow.card_payments.of_payment(payment.id) if one.state == CardState.AUTHORISED]
    return bool(held) and held[-1].id == card.id


async def _is_late(card_payment_id: Id, uow: UnitOfWork, now: datetime) -> bool:
    card = await uow.card_payments.get(card_payment_id)
    return card.state in UNDECIDED and now >= card.expires_at


async def _look_again(card_payment_id: Id, uow: UnitOfWork, now: datetime) -> None:
    card = await uow.card_payments.get(card_payment_id)
    captures = await uow.card_payments.captures_of(card.id)
    under_way = any(one.state in (CaptureState.WANTED, CaptureState.CAPTURED) for one in captures)
    if card.state in UNDECIDED:
        await uow.timers.set("check_card_payment", card.id, max(card.expires_at, now + timedelta(minutes=1)))
    elif card.state == CardState.AUTHORISED and card.valid_until and card.capture_moment == "at_dispatch":
        await uow.timers.set("check_card_payment", card.id, max(card.valid_until, now + _LOOK_AGAIN))
    elif card.state == CardState.AUTHORISED or under_way:
        await uow.timers.set("check_card_payment", card.id, now + _LOOK_AGAIN)
