"""What the provider says of a card payment takes effect, however often, late or out of order it is said."""

from dataclasses import replace
from datetime import datetime, timedelta

from chassis.kernel.ids import Id
from payments.domain.card_payment import (
    UNDECIDED,
    CaptureState,
    CardPayment,
    CardState,
    whole_capture,
)
from payments.domain.payment import Payment, PaymentState
from payments.domain.psp_facts import CaptureFacts, CardFacts, EventOutcome
from payments.use_cases.keep_card import keep_card
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.record_capture import SETTLED_WITHIN, fail_capture, record_capture
from payments.use_cases.settle_capture import settle_capture

_HELD = ("authorised", "captured", "settled")
# The provider tells within seconds.
_FIRST_LOOK = timedelta(seconds=30)


async def apply_card(facts: CardFacts, uow: UnitOfWork, now: datetime) -> EventOutcome:
    """Bring our picture to the provider's: authorised, captured (P2), settled (P2), or ended."""
    card = await uow.card_payments.find(Id(facts.reference))
    if card is None:
        return EventOutcome.IGNORED
    before = card
    if card.state in UNDECIDED and facts.status in _HELD:
        card = await _authorise(card, facts, uow, now)
    changed = False
    for one in facts.captures:
        card, done = await _apply_capture(card, one, uow, now)
        changed = changed or done
    card = await _end(card, facts, uow, now)
    return EventOutcome.APPLIED if changed or card != before else EventOutcome.IGNORED


async def apply_capture(card_payment_id: Id, facts: CaptureFacts, uow: UnitOfWork, now: datetime) -> None:
    """The answer to our own request for a capture."""
    await _apply_capture(await uow.card_payments.get(card_payment_id), facts, uow, now)


async def _authorise(card: CardPayment, facts: CardFacts, uow: UnitOfWork, now: datetime) -> CardPayment:
    card = await keep_card(card.authorise(facts.provider_id, facts.authorised_until), uow)
    if card.capture_moment == "at_once":
        await uow.timers.set("check_card_payment", card.id, now + _FIRST_LOOK)
        return card
    payment = await uow.payments.get(card.payment_id)
    if payment.is_open or not await _takes_over(card, payment, uow, now):
        # Whether it holds long enough to secure the order is asked outside of this transaction; if not, it is let go.
        await uow.timers.set("end_card_payment", card.id, now)
    await uow.timers.set("check_card_payment", card.id, facts.authorised_until or now + SETTLED_WITHIN)
    return card


async def _takes_over(card: CardPayment, payment: Payment, uow: UnitOfWork, now: datetime) -> bool:
    """A card that was asked for because an earlier one could not be captured stands in for that one."""
    if payment.state != PaymentState.SECURED or payment.capture != "at_dispatch":
        return False
    for other in await uow.card_payments.of_payment(payment.id):
        if other.id != card.id and other.state == CardState.AUTHORISED:
            await uow.timers.set("end_card_payment", other.id, now)
    return True


async def _apply_capture(
    card: CardPayment, facts: CaptureFacts, uow: UnitOfWork, now: datetime
) -> tuple[CardPayment, bool]:
    capture = await uow.card_payments.find_capture(Id(facts.reference))
    if capture is None and facts.reference == str(card.id):
        capture = whole_capture(card, now)
    if capture is None or capture.card_payment_id != card.id or capture.amount != facts.amount:
        return card, False
    changed = False
    if facts.status == "failed" and capture.state == CaptureState.WANTED:
        return await fail_capture(card, capture, facts.failure_reason or "declined", uow), True
    if facts.status != "failed" and capture.state == CaptureState.WANTED:
        capture = replace(capture, state=CaptureState.CAPTURED, provider_id=facts.provider_id)
        card, capture = await record_capture(card, capture, uow, now)
        changed = True
    if facts.status == "settled" and await settle_capture(capture, card.order_id, uow, now):
        changed = True
        if card.state == CardState.CAPTURED and card.captured == card.stands_for:
            await uow.timers.cancel("check_card_payment", card.id)
    return card, changed


async def _end(card: CardPayment, facts: CardFacts, uow: UnitOfWork, now: datetime) -> CardPayment:
    if card.state in UNDECIDED and facts.status in ("failed", "cancelled", "expired"):
        card = await keep_card(card.fail(_reason(card, facts, now)), uow)
    elif card.state == CardState.AUTHORISED and facts.status == "voided":
        card = await keep_card(card.void(), uow)
    elif card.state == CardState.AUTHORISED and facts.status == "expired":
        card = await keep_card(card.expire(), uow)
    else:
        return card
    await uow.timers.cancel("check_card_payment", card.id)
    return card


def _reason(card: CardPayment, facts: CardFacts, now: datetime) -> str:
    if facts.status == "failed":
        return facts.failure_reason or "declined"
    late = facts.status == "expired" or now >= card.expires_at
    return "timed_out" if late else "cancelled"
