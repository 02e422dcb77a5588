"""A parcel is about to leave: its part of the order is taken from the card first."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.card_payment import (
    CaptureState,
    CardCapture,
    CardPayment,
    CardState,
    capture_for_shipment,
)
from payments.domain.errors import ProviderRefused
from payments.domain.payment import PaymentState, payment_id_of
from payments.domain.psp_facts import CaptureFacts
from payments.use_cases.apply_card import apply_capture
from payments.use_cases.ports import Psp, Run, UnitOfWork
from payments.use_cases.record_capture import fail_capture, record_capture
from payments.use_cases.standing_card import holds, left_on, standing_card


@dataclass(frozen=True)
class CaptureShipment:
    """`amount` is the gross of the seller's part."""

    order_id: Id
    seller_order_id: Id
    shipment_id: Id
    amount: Money


async def capture_shipment(command: CaptureShipment, uow: UnitOfWork, now: datetime) -> None:
    """The answer is a fact of the card payment, captured or capture_failed; a repeated announcement gets no second one."""
    if await uow.card_payments.capture_of_shipment(command.shipment_id) is not None:
        return
    # Another part of the order may end at this moment, and leave less to be taken.
    await uow.lock(payment_id_of(command.order_id))
    payment = await uow.payments.get(payment_id_of(command.order_id))
    cards = [card for card in await uow.card_payments.of_payment(payment.id) if card.state != CardState.FAILED]
    assert cards, "only an order that a card stands for is announced"
    card = standing_card(cards, now)
    left = await left_on(card, uow)
    amount = min(command.amount, left)
    capture = capture_for_shipment(card, command.seller_order_id, command.shipment_id, amount, now)
    if payment.state == PaymentState.CLOSED:
        await fail_capture(card, capture, "order_cancelled", uow)
    elif not holds(card, now):
        await fail_capture(card, capture, "authorisation_expired", uow)
    elif not amount.minor:
        # A transfer paid the rest before the card was authorised: nothing is to be taken for this part.
        await record_capture(card, replace(capture, state=CaptureState.SETTLED), uow, now)
    else:
        await uow.card_payments.store_capture(capture)
        await uow.timers.set("capture_card", capture.id, now)


async def capture_card(capture_id: Id, run: Run, psp: Psp) -> None:
    """Errand: a timeout raises, and the next try asks by the capture's reference first."""
    found = await run(partial(_read, capture_id))
    if found is None:
        return
    card, capture = found
    assert card.provider_id is not None, "an authorised card payment is known to the provider"
    reference = str(capture.id)
    try:
        facts = await psp.capture_card(card.provider_id, reference, capture.amount)
    except ProviderRefused as refusal:
        facts = CaptureFacts("", reference, capture.amount, "failed", refusal.detail or refusal.code)
    await run(partial(apply_capture, card.id, facts))


async def _read(capture_id: Id, uow: UnitOfWork, now: datetime) -> tuple[CardPayment, CardCapture] | None:
    capture = await uow.card_payments.find_capture(capture_id)
    if capture is None or capture.state != CaptureState.WANTED:
        return None
    return await uow.card_payments.get(capture.card_payment_id), capture
