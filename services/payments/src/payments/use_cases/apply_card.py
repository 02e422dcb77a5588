"""What the provider says of a card payment takes effect, however often, late or out of order it is said."""

from dataclasses import replace
from datetime import datetime, timedelta

from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain import ledger_rules
from payments.domain.card_payment import (
    UNDECIDED,
    CaptureState,
    CardCapture,
    CardPayment,
    CardState,
    whole_capture,
)
from payments.domain.payment import Payment, PaymentState
from payments.domain.psp_facts import CaptureFacts, CardFacts, EventOutcome
from payments.domain.refund import Source, SourceKind
from payments.use_cases.begin_refund import begin_refund
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.post_entry import post_entry

_HELD = ("authorised", "captured", "settled")
# The provider tells within seconds; a settlement comes after the weekend and the holidays of the banks.
_FIRST_LOOK = timedelta(seconds=30)
_SETTLED_WITHIN = timedelta(days=6)


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


async def fail_card(card_payment_id: Id, reason: str, uow: UnitOfWork, now: datetime) -> None:
    """The provider knows nothing of it, or wants nothing of it."""
    card = await uow.card_payments.get(card_payment_id)
    if card.state in UNDECIDED:
        await _keep(card.fail(reason), uow)
        await uow.timers.cancel("check_card_payment", card.id)


async def _authorise(card: CardPayment, facts: CardFacts, uow: UnitOfWork, now: datetime) -> CardPayment:
    card = await _keep(card.authorise(facts.provider_id, facts.authorised_until), uow)
    if card.capture_moment == "at_once":
        await uow.timers.set("check_card_payment", card.id, now + _FIRST_LOOK)
        return card
    payment = await uow.payments.get(card.payment_id)
    if payment.is_open:
        card = replace(card, stands_for=payment.missing)
        await uow.card_payments.save(card)
        payment, secured = payment.receive(payment.missing, now, "card", "at_dispatch")
        await uow.payments.save(payment)
        uow.publish(secured)
    elif not await _takes_over(card, payment, uow, now):
        await uow.timers.set("end_card_payment", card.id, now)
    await uow.timers.set("check_card_payment", card.id, facts.authorised_until or now + _SETTLED_WITHIN)
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
    if facts.status == "settled" and capture.state == CaptureState.CAPTURED:
        await uow.card_payments.store_capture(replace(capture, state=CaptureState.SETTLED))
        entry = ledger_rules.card_settled(card.order_id, capture.amount)
        await post_entry(entry, f"card_capture/{capture.id}", uow, now)
        changed = True
        if card.state == CardState.CAPTURED and card.captured == card.stands_for:
            await uow.timers.cancel("check_card_payment", card.id)
    return card, changed


async def record_capture(
    card: CardPayment, capture: CardCapture, uow: UnitOfWork, now: datetime
) -> tuple[CardPayment, CardCapture]:
    """P2: Dr psp.card Cr buyer.escrow. What the order does not need any more goes back through the card (P8)."""
    if card.state in UNDECIDED:
        # The message about the capture overtook the one about the authorisation.
        assert capture.provider_id is not None, "the provider captured it"
        card = await _keep(card.authorise(card.provider_id or capture.provider_id, None), uow)
    card = await _keep(card.record_capture(capture), uow)
    payment = await uow.payments.get(card.payment_id)
    applied = _applied(payment, capture, card)
    capture = replace(capture, applied=applied)
    await uow.card_payments.store_capture(capture)
    if capture.amount.minor:
        await post_entry(
            ledger_rules.captured(card.order_id, capture.amount), f"card_capture/{capture.id}", uow, now
        )
        await uow.timers.set("check_card_payment", card.id, now + _SETTLED_WITHIN)
    if card.capture_moment == "at_once" and applied.minor:
        payment, event = payment.receive(applied, now, "card")
        await uow.payments.save(payment)
        uow.publish(event)
    await _give_back(card, capture, payment, uow, now)
    return card, capture


async def fail_capture(card: CardPayment, capture: CardCapture, reason: str, uow: UnitOfWork) -> CardPayment:
    """The shipment must not leave."""
    assert capture.seller_order_id is not None, "what is captured at once is not captured by us"
    assert capture.shipment_id is not None, "what is captured at once is not captured by us"
    await uow.card_payments.store_capture(replace(capture, state=CaptureState.FAILED, failure_reason=reason))
    return await _keep(card.fail_capture(capture.seller_order_id, capture.shipment_id, reason), uow)


def _applied(payment: Payment, capture: CardCapture, card: CardPayment) -> Money:
    if payment.state == PaymentState.CLOSED:
        return Money(0, capture.amount.currency)
    if card.capture_moment == "at_dispatch":
        return capture.amount
    return min(payment.missing, capture.amount) if payment.is_open else Money(0, capture.amount.currency)


async def _give_back(
    card: CardPayment, capture: CardCapture, payment: Payment, uow: UnitOfWork, now: datetime
) -> None:
    excess = capture.amount - capture.applied
    if not excess.minor:
        return
    assert capture.provider_id is not None, "only the provider captures"
    source = Source(SourceKind.CARD_CAPTURE, capture.id, capture.provider_id, capture.wallet_id)
    cause = payment.closed_reason or "overpaid"
    refund = await begin_refund(source, card.buyer_id, excess, cause, uow, now, card.order_id)
    if refund is not None:
        entry = ledger_rules.refund_of_order(card.order_id, refund.id, excess)
        await post_entry(entry, f"refund/{refund.id}", uow, now)


async def _end(card: CardPayment, facts: CardFacts, uow: UnitOfWork, now: datetime) -> CardPayment:
    if card.state in UNDECIDED and facts.status in ("failed", "cancelled", "expired"):
        card = await _keep(card.fail(_reason(card, facts, now)), uow)
    elif card.state == CardState.AUTHORISED and facts.status == "voided":
        card = await _keep(card.void(), uow)
    elif card.state == CardState.AUTHORISED and facts.status == "expired":
        card = await _keep(card.expire(), uow)
    else:
        return card
    await uow.timers.cancel("check_card_payment", card.id)
    return card


def _reason(card: CardPayment, facts: CardFacts, now: datetime) -> str:
    if facts.status == "failed":
        return facts.failure_reason or "declined"
    late = facts.status == "expired" or now >= card.expires_at
    return "timed_out" if late else "cancelled"


async def _keep(moved: tuple[CardPayment, DomainEvent], uow: UnitOfWork) -> CardPayment:
    card, event = moved
    await uow.card_payments.save(card)
    uow.publish(event)
    return card
