"""Take money from a card that was authorised."""

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.cards import CardCapture, CardPayment, settlement_of
from sandbox.domain.moment import Moment
from sandbox.domain.names import new_name
from sandbox.storage.card_captures import add_capture
from sandbox.storage.card_payments import lock_card_payment, save_card_payment
from sandbox.use_cases.end_card_payments import expire_if_late
from sandbox.use_cases.tell_card import tell_card


@dataclass(frozen=True, slots=True)
class CaptureCard:
    """`told_to_decline`: a tester's wish; the authorisation stays, so that it may be tried again."""

    card_payment_id: str
    reference: str
    amount: Money
    told_to_decline: bool


async def capture_card(command: CaptureCard, tx: AsyncConnection, now: Moment) -> CardCapture:
    """Raises NoSuchCardPayment, CaptureExceedsAuthorisation, WalletCurrencyDiffers."""
    payment = await expire_if_late(await lock_card_payment(tx, command.card_payment_id), tx, now)
    if command.told_to_decline:
        payment.take(command.amount)
        declined = replace(_capture_of(payment, command.reference, command.amount, now), status="failed")
        declined = replace(declined, failure_reason="declined")
        await add_capture(tx, declined)
        await tell_card(tx, "capture_failed", payment, now, declined)
        return declined
    _, capture = await capture_part(payment, command.reference, command.amount, tx, now)
    return capture


async def capture_part(
    payment: CardPayment, reference: str, amount: Money, tx: AsyncConnection, now: Moment
) -> tuple[CardPayment, CardCapture]:
    """The money is the platform's from here on, and in its wallet when the schemes settle."""
    payment = payment.take(amount)
    capture = _capture_of(payment, reference, amount, now)
    await save_card_payment(tx, payment)
    await add_capture(tx, capture)
    await tell_card(tx, "captured", payment, now, capture)
    return payment, capture


def _capture_of(payment: CardPayment, reference: str, amount: Money, now: Moment) -> CardCapture:
    return CardCapture(
        id=new_name("cc"),
        card_payment_id=payment.id,
        reference=reference,
        wallet_id=payment.wallet_id,
        amount=amount,
        refunded=Money(0, amount.currency),
        status="captured",
        failure_reason=None,
        created_at=now.business,
        settle_at=settlement_of(now.business),
    )
