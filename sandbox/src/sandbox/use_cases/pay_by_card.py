"""The buyer on the hosted page: enter a card, then the code of its bank."""

from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.cards import KNOWN_CARDS, CardPayment, CardStatus
from sandbox.domain.errors import CardUnknown
from sandbox.domain.moment import Moment
from sandbox.storage.card_payments import lock_card_payment, save_card_payment
from sandbox.use_cases.capture_card import capture_part
from sandbox.use_cases.end_card_payments import expire_if_late
from sandbox.use_cases.tell_card import tell_card


async def enter_card(card_payment_id: str, number: str, tx: AsyncConnection, now: Moment) -> CardPayment:
    """3-D Secure always: the answer to a card is a challenge. Raises CardUnknown; a decided payment stays as it is."""
    payment = await expire_if_late(await lock_card_payment(tx, card_payment_id), tx, now)
    if payment.is_decided:
        return payment
    digits = "".join(number.split())
    card = next((one for one in KNOWN_CARDS if one.number == digits), None)
    if card is None:
        raise CardUnknown
    payment = payment.challenge(card)
    await save_card_payment(tx, payment)
    return payment


async def enter_code(card_payment_id: str, code: str, tx: AsyncConnection, now: Moment) -> CardPayment:
    """Authorise or fail, and capture at once where that was asked for; a decided payment stays as it is."""
    payment = await expire_if_late(await lock_card_payment(tx, card_payment_id), tx, now)
    if payment.is_decided:
        return payment
    payment = payment.answer("".join(code.split()), now.business)
    await save_card_payment(tx, payment)
    if payment.status == CardStatus.FAILED:
        await tell_card(tx, "failed", payment, now)
    if payment.status == CardStatus.AUTHORISED:
        await tell_card(tx, "authorised", payment, now)
        if payment.capture == "automatic":
            payment, _ = await capture_part(payment, payment.reference, payment.amount, tx, now)
    return payment
