"""How card payments end: cancelled or voided by the platform, lapsed by the clock, settled by the schemes."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.cards import CardCapture, CardPayment, CardStatus
from sandbox.domain.moment import Moment
from sandbox.domain.moves import BANK
from sandbox.storage.card_captures import count_unsettled, lock_due_captures, note_settled
from sandbox.storage.card_payments import lapsed_at, lock_card_payment, lock_lapsed, save_card_payment
from sandbox.storage.journal import move_money
from sandbox.use_cases.tell_card import tell_card

_BATCH_MAX = 50


async def cancel_card_payment(card_payment_id: str, tx: AsyncConnection, now: Moment) -> CardPayment:
    """A definite answer: cancelled, or what came first. Raises NoSuchCardPayment."""
    payment = await lock_card_payment(tx, card_payment_id)
    return await _keep("cancelled", payment, payment.cancel(), tx, now)


async def void_card_payment(card_payment_id: str, tx: AsyncConnection, now: Moment) -> CardPayment:
    """Let go of what was authorised and not captured. Raises NoSuchCardPayment."""
    payment = await lock_card_payment(tx, card_payment_id)
    payment = await _keep("voided", payment, payment.void(), tx, now)
    return await _settle_if_over(payment, tx, now)


async def finish_cards(tx: AsyncConnection, now: Moment) -> int:
    """Expire and settle what is due at `now.business`; returns how many."""
    late = await lock_lapsed(tx, now.business, _BATCH_MAX)
    for payment in late:
        await _expire(payment, tx, now)
    due = await lock_due_captures(tx, now.business, _BATCH_MAX)
    for capture in due:
        await settle_capture(capture, tx, now)
    return len(late) + len(due)


async def settle_capture(capture: CardCapture, tx: AsyncConnection, now: Moment) -> None:
    """The money reaches the wallet."""
    payment = await lock_card_payment(tx, capture.card_payment_id)
    await move_money(
        tx, "card_capture", BANK, capture.wallet_id, capture.amount, capture.reference, capture.id, now.business
    )
    await note_settled(tx, capture.id)
    await tell_card(tx, "settled", payment, now, replace(capture, status="settled"))
    await _settle_if_over(payment, tx, now)


async def expire_if_late(payment: CardPayment, tx: AsyncConnection, now: Moment) -> CardPayment:
    """Nobody gets more time only because the clock's own round has not come yet."""
    return await _expire(payment, tx, now) if lapsed_at(payment, now.business) else payment


async def _expire(payment: CardPayment, tx: AsyncConnection, now: Moment) -> CardPayment:
    payment = await _keep("expired", payment, payment.expire(), tx, now)
    return await _settle_if_over(payment, tx, now)


async def _keep(fact: str, before: CardPayment, after: CardPayment, tx: AsyncConnection, now: Moment) -> CardPayment:
    if after != before:
        await save_card_payment(tx, after)
        if after.status != before.status:
            await tell_card(tx, fact, after, now)
    return after


async def _settle_if_over(payment: CardPayment, tx: AsyncConnection, now: Moment) -> CardPayment:
    over = payment.status == CardStatus.CAPTURED and not payment.capturable.minor
    if over and not await count_unsettled(tx, payment.id):
        payment = payment.settle()
        await save_card_payment(tx, payment)
    return payment
