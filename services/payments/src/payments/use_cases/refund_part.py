"""A paid part of an order is not delivered: its share goes back as it came, or is never taken from the card."""

from dataclasses import dataclass, replace
from datetime import datetime

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain import ledger_rules
from payments.domain.card_payment import CardState
from payments.domain.payment import Payment, payment_id_of
from payments.domain.tender import spread
from payments.use_cases.begin_refund import begin_refund
from payments.use_cases.let_go_of_rest import let_go_of_rest
from payments.use_cases.order_shares import order_shares
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.post_entry import post_entry
from payments.use_cases.standing_card import left_on, standing_card


@dataclass(frozen=True)
class RefundPart:
    """`gross` is what the part came to, `reason` the code under which it ended."""

    order_id: Id
    seller_order_id: Id
    gross: Money
    reason: str


async def refund_part(command: RefundPart, uow: UnitOfWork, now: datetime) -> None:
    """P8: Dr buyer.escrow Cr refund.payable, one refund for each means, the last one first (1.14).

    Where the card is charged when the goods leave, the part's share of it is not taken: what the card no longer stands for
    needs no refund. Nothing was invoiced, so there is no credit note.
    """
    await uow.lock(payment_id_of(command.order_id))
    payment = await uow.payments.get(payment_id_of(command.order_id))
    spared = await _spare_card(payment, command.gross, uow, now)
    owed = command.gross - spared
    if not owed.minor:
        return
    given_back = await uow.refunds.given_back(command.order_id)
    for share in spread(owed, await order_shares(command.order_id, uow), given_back):
        refund = await begin_refund(
            share.source,
            payment.order.buyer_id,
            share.amount,
            command.reason,
            uow,
            now,
            command.order_id,
            command.seller_order_id,
        )
        if refund is not None:
            entry = ledger_rules.refund_of_order(command.order_id, refund.id, share.amount)
            await post_entry(entry, f"refund/{refund.id}", uow, now)


async def _spare_card(payment: Payment, gross: Money, uow: UnitOfWork, now: datetime) -> Money:
    """What of `gross` is not taken from a card any more."""
    nothing = Money(0, gross.currency)
    cards = [card for card in await uow.card_payments.of_payment(payment.id) if card.state != CardState.FAILED]
    if payment.capture != "at_dispatch" or not cards:
        return nothing
    standing, spared = standing_card(cards, now), nothing
    # Also one that takes over from a card that could not be charged: whichever is charged next stands for less.
    for card in cards:
        less = min(gross, await left_on(card, uow))
        if less.minor:
            spared_card = replace(card, stands_for=card.stands_for - less)
            await uow.card_payments.save(spared_card)
            await let_go_of_rest(spared_card, uow, now)
        if card.id == standing.id:
            spared = less
    return spared
