"""Which card stands for an order whose parts are charged when they leave, and how much of it is still to be taken."""

from collections.abc import Sequence
from datetime import datetime

from chassis.kernel.money import Money
from payments.domain.card_payment import CaptureState, CardPayment, CardState
from payments.use_cases.ports import UnitOfWork


def holds(card: CardPayment, now: datetime) -> bool:
    """Whether it can be charged."""
    held = card.state in (CardState.AUTHORISED, CardState.CAPTURED)
    return held and (card.valid_until is None or now < card.valid_until)


def standing_card(cards: Sequence[CardPayment], now: datetime) -> CardPayment:
    """The newest that can be charged, or the newest of all, where none can; `cards` are those that did not fail."""
    return next((one for one in reversed(cards) if holds(one, now)), cards[-1])


async def left_on(card: CardPayment, uow: UnitOfWork) -> Money:
    """What it stands for and was not taken yet."""
    captures = await uow.card_payments.captures_of(card.id)
    taken = sum(one.amount.minor for one in captures if one.state != CaptureState.FAILED)
    return Money(card.stands_for.minor - taken, card.stands_for.currency)
