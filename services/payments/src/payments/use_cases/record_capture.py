"""Money was taken from a card, or could not be taken: booked, put on the order, and what is too much goes back."""

from dataclasses import replace
from datetime import datetime, timedelta

from chassis.kernel.money import Money
from payments.domain import ledger_rules
from payments.domain.card_payment import UNDECIDED, CaptureState, CardCapture, CardPayment
from payments.domain.payment import Payment, PaymentState
from payments.domain.refund import OVERPAID, Source, SourceKind
from payments.use_cases.begin_refund import begin_refund
from payments.use_cases.keep_card import keep_card
from payments.use_cases.let_go_of_rest import let_go_of_rest
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.post_entry import post_entry

# A settlement comes after the weekend and the holidays of the banks.
SETTLED_WITHIN = timedelta(days=6)


async def record_capture(
    card: CardPayment, capture: CardCapture, uow: UnitOfWork, now: datetime
) -> tuple[CardPayment, CardCapture]:
    """P2: Dr psp.card Cr buyer.escrow. What the order does not need any more goes back through the card (P8)."""
    if card.state in UNDECIDED:
        # The message about the capture overtook the one about the authorisation.
        assert capture.provider_id is not None, "the provider captured it"
        card = await keep_card(card.authorise(card.provider_id or capture.provider_id, None), uow)
    card = await keep_card(card.record_capture(capture), uow)
    payment = await uow.payments.get(card.payment_id)
    applied = _applied(payment, capture, card)
    capture = replace(capture, applied=applied)
    await uow.card_payments.store_capture(capture)
    await let_go_of_rest(card, uow, now)
    if capture.amount.minor:
        await post_entry(ledger_rules.captured(card.order_id, capture.amount), f"card_capture/{capture.id}", uow, now)
        await uow.timers.set("check_card_payment", card.id, now + SETTLED_WITHIN)
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
    return await keep_card(card.fail_capture(capture.seller_order_id, capture.shipment_id, reason), uow)


def _applied(payment: Payment, capture: CardCapture, card: CardPayment) -> Money:
    if payment.state == PaymentState.CLOSED:
        return Money(0, capture.amount.currency)
    if card.capture_moment == "at_dispatch":
        return capture.amount
    return min(payment.missing, capture.amount) if payment.is_open else Money(0, capture.amount.currency)


async def _give_back(card: CardPayment, capture: CardCapture, payment: Payment, uow: UnitOfWork, now: datetime) -> None:
    excess = capture.amount - capture.applied
    if not excess.minor:
        return
    assert capture.provider_id is not None, "only the provider captures"
    source = Source(SourceKind.CARD_CAPTURE, capture.id, capture.provider_id, capture.wallet_id)
    cause = payment.closed_reason or OVERPAID
    refund = await begin_refund(source, card.buyer_id, excess, cause, uow, now, card.order_id)
    if refund is not None:
        entry = ledger_rules.refund_of_order(card.order_id, refund.id, excess)
        await post_entry(entry, f"refund/{refund.id}", uow, now)
