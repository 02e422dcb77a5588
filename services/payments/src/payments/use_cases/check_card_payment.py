"""A message about a card payment is overdue, so the provider is asked."""

from datetime import datetime, timedelta
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.card_payment import UNDECIDED, CaptureState, CardState
from payments.use_cases.apply_card import apply_card
from payments.use_cases.end_card_payment import end_card_payment
from payments.use_cases.ports import Orders, Psp, Run, UnitOfWork

_LOOK_AGAIN = timedelta(hours=1)


async def check_card_payment(card_payment_id: Id, run: Run, psp: Psp, orders: Orders) -> None:
    """Errand: whose time is over is ended there, which is definite."""
    found = await psp.find_card(str(card_payment_id))
    if found is not None:
        await run(partial(apply_card, found))
    if await run(partial(_is_late, card_payment_id)):
        await end_card_payment(card_payment_id, run, psp, orders)
    await run(partial(_look_again, card_payment_id))


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
