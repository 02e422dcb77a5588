"""A credit note is issued: the seller's earnings shrink, the buyer's refund begins, and the money for it is looked for."""

from datetime import datetime

from payments.domain.commission import reversal_of
from payments.domain.errors import FactsNotKnownYet
from payments.domain.invoice import Invoice
from payments.domain.refund import RefundedCredit, create_refund
from payments.domain.reversal import Reversal, ReversalState
from payments.domain.settlement import Settlement
from payments.domain.tender import spread
from payments.use_cases.fund_waiting import fund_waiting
from payments.use_cases.order_shares import order_shares
from payments.use_cases.ports import UnitOfWork


async def refund_credit_note(credit_note: Invoice, uow: UnitOfWork, now: datetime) -> None:
    """Same means as it was paid with, the last one first; the refunds wait until somebody's money is there for them."""
    await uow.lock(credit_note.seller_order_id)
    await uow.lock(credit_note.seller_id)
    settlement = await uow.settlements.find(credit_note.seller_order_id)
    if settlement is None:
        raise FactsNotKnownYet(seller_order_id=str(credit_note.seller_order_id))
    reversal = await _reversal(credit_note, settlement, uow, now)
    credited, event = settlement.credit(
        credit_note.id, reversal.gross, reversal.commission_net, reversal.commission_vat
    )
    await uow.settlements.save(credited)
    uow.publish(event)
    await uow.reversals.add(reversal)
    await _begin_refunds(credit_note, credited, uow, now)
    await fund_waiting(reversal.seller_id, reversal.gross.currency, uow, now)
    if (await uow.reversals.get(reversal.id)).is_waiting:
        await uow.timers.set("advance_refund", reversal.id, reversal.advance_at)


async def _begin_refunds(credit_note: Invoice, settlement: Settlement, uow: UnitOfWork, now: datetime) -> None:
    assert credit_note.credit is not None
    rules = uow.rules.of_version(settlement.policy_version)
    shares = await order_shares(credit_note.order_id, uow)
    given_back = await uow.refunds.given_back(credit_note.order_id)
    credit = RefundedCredit(credit_note.credit.case_id, credit_note.id)
    for share in spread(credit_note.total, shares, given_back):
        refund, created = create_refund(
            share.source,
            credit_note.buyer_id,
            share.amount,
            credit_note.credit.reason,
            now,
            credit_note.order_id,
            rules.refund_until(share.means, now),
            credit,
        )
        if await uow.refunds.add_if_new(refund):
            uow.publish(created)


async def _reversal(credit_note: Invoice, settlement: Settlement, uow: UnitOfWork, now: datetime) -> Reversal:
    assert credit_note.credit is not None
    invoices = await uow.invoices.of_shipment(credit_note.shipment_id)
    credit_notes = await uow.invoices.credit_notes_of(credit_note.seller_order_id)
    # In the order in which they took effect: each is issued in a transaction that holds the seller order.
    before = [one for one in credit_notes if one.issued_at is not None and one.id != credit_note.id]
    net, vat = reversal_of(
        settlement.commission,
        sum(one.paper.lines_minor for one in invoices),
        sum(one.paper.lines_minor for one in before),
        credit_note.paper.lines_minor,
    )
    rules = uow.rules.of_version(settlement.policy_version)
    return Reversal(
        id=credit_note.id,
        state=ReversalState.WAITING,
        case_id=credit_note.credit.case_id,
        order_id=credit_note.order_id,
        seller_order_id=settlement.id,
        seller_id=settlement.seller_id,
        buyer_id=settlement.buyer_id,
        market=settlement.market,
        gross=credit_note.total,
        commission_net=net,
        commission_vat=vat,
        created_at=now,
        advance_at=rules.platform_advances_at(now),
    )
