"""The buyer wants to pay by card: an attempt is stored, and an errand opens the provider's page for it."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.card_payment import UNDECIDED, CaptureState, CardPayment, CardState, start_card_payment
from payments.domain.errors import CardNotAccepted, FactsNotKnownYet, NoSuchPayment, PaymentNotOpen
from payments.domain.payment import Payment, PaymentState
from payments.domain.psp_account import psp_account_id_of
from payments.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class BeginCardPayment:
    """`buyer_id` None: who comes with the payment link needs no other right."""

    payment_id: Id
    buyer_id: Id | None


async def begin_card_payment(command: BeginCardPayment, uow: UnitOfWork, now: datetime) -> CardPayment:
    """For what is missing now. While an attempt waits for its buyer, that one is the answer: one at a time.

    Raises NoSuchPayment, CardNotAccepted, PaymentNotOpen, or FactsNotKnownYet while the wallet is being opened.
    """
    await uow.lock(command.payment_id)
    payment = await uow.payments.find(command.payment_id)
    if payment is None or command.buyer_id not in (None, payment.order.buyer_id):
        raise NoSuchPayment(id=str(command.payment_id))
    rules = uow.rules.of_version(payment.order.policy_version)
    if not rules.takes_cards:
        raise CardNotAccepted(market=payment.order.market, accepted=list(rules.tenders))
    cards = await uow.card_payments.of_payment(payment.id)
    waiting = next((card for card in cards if card.state in UNDECIDED), None)
    amount = await _to_pay(payment, cards, uow)
    if amount is None:
        raise PaymentNotOpen(state=str(payment.state))
    if waiting is not None:
        return waiting
    account = await uow.psp_accounts.find(psp_account_id_of(payment.order.buyer_id, amount.currency))
    if account is None or account.wallet_id is None:
        raise FactsNotKnownYet("the buyer's wallet is not open yet")
    until = rules.authenticated_by(now)
    card, started = start_card_payment(
        payment, len(cards) + 1, amount, rules.capture_moment, account.wallet_id, now, until
    )
    await uow.card_payments.add(card)
    uow.publish(started)
    await uow.timers.set("open_card_session", card.id, now)
    await uow.timers.set("check_card_payment", card.id, until)
    return card


async def _to_pay(payment: Payment, cards: list[CardPayment], uow: UnitOfWork) -> Money | None:
    """What is missing; of an order that an authorised card stood for, what could not be taken from that card."""
    if payment.is_open:
        # An authorisation that is about to be taken into account is on its way to secure it.
        return None if any(card.state == CardState.AUTHORISED for card in cards) else payment.missing
    if payment.state != PaymentState.SECURED or payment.capture != "at_dispatch" or not cards:
        return None
    last = next((card for card in reversed(cards) if card.state != CardState.FAILED), cards[-1])
    captures = await uow.card_payments.captures_of(last.id)
    failed = any(capture.state == CaptureState.FAILED for capture in captures)
    left = last.stands_for - last.captured
    return left if left.minor and (failed or last.state == CardState.EXPIRED) else None
