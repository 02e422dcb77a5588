"""A shipment gets its invoices: numbered without gaps in one transaction, each with all it will ever say."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from payments.domain.errors import FactsNotKnownYet, NoSuchShipment, PartyNotKnownYet
from payments.domain.facts import DeliveryAddress
from payments.domain.invoice import (
    MANDATE_REVOKED,
    Invoice,
    InvoiceState,
    SeriesNumber,
    invoice_id_of,
    series_of,
)
from payments.domain.invoice_paper import InvoiceCase, RegimePart, draw_up, issue_day, regime_parts
from payments.domain.party import Party
from payments.domain.payment import payment_id_of
from payments.use_cases.ports import Orders, Run, UnitOfWork


@dataclass(frozen=True)
class NumberInvoices:
    """The address was asked for outside the transaction."""

    shipment_id: Id
    deliver_to: DeliveryAddress


async def invoice_shipment(shipment_id: Id, run: Run, orders: Orders) -> None:
    """Errand: waits (by raising) until every fact is here, asks where the goods went, then numbers."""
    order_id = await run(partial(_order_to_invoice, shipment_id))
    if order_id is not None:
        deliver_to = await orders.delivery_address(order_id, shipment_id)
        await run(partial(number_invoices, NumberInvoices(shipment_id, deliver_to)))


async def number_invoices(command: NumberInvoices, uow: UnitOfWork, now: datetime) -> list[Invoice]:
    """One invoice per VAT regime, or none if the shipment has its invoices already.

    Taking the number and inserting the invoice are one transaction, so that a rollback leaves no gap (CGI ann. II 242
    nonies A). An invoice whose sums are not what the buyer paid, or whose seller has taken its mandate back, is
    numbered and blocked: numbers are never skipped.
    """
    await uow.lock(command.shipment_id)
    if await uow.invoices.of_shipment(command.shipment_id):
        return []
    case = await _case(command.shipment_id, command.deliver_to, uow)
    return [await _number(case, part, uow, now) for part in regime_parts(case.ordered)]


async def _number(case: InvoiceCase, part: RegimePart, uow: UnitOfWork, now: datetime) -> Invoice:
    prefix = case.seller.invoice_prefix
    if prefix is None:
        raise PartyNotKnownYet("the seller has no invoice prefix yet", company_id=str(case.seller.company_id))
    series = series_of(prefix, 380, issue_day(case))
    number = SeriesNumber(series, await uow.invoices.next_number(case.ordered.seller_id, series))
    invoice = Invoice(
        id=invoice_id_of(case.dispatch.shipment_id, part.regime),
        version=0,
        state=InvoiceState.NUMBERED,
        number=number,
        regime=part.regime,
        seller_id=case.ordered.seller_id,
        buyer_id=case.ordered.buyer_id,
        order_id=case.ordered.order_id,
        seller_order_id=case.ordered.seller_order_id,
        shipment_id=case.dispatch.shipment_id,
        paper=draw_up(case, part, number.text),
        numbered_at=now,
    )
    if part.difference_minor:
        invoice = invoice.block("total_differs_from_payment")
    elif not await uow.mandates.stands(invoice.seller_id):
        invoice = invoice.block(MANDATE_REVOKED)
    else:
        await uow.timers.set("store_invoice", invoice.id, now)
    await uow.invoices.add(invoice)
    return invoice


async def _order_to_invoice(shipment_id: Id, uow: UnitOfWork, now: datetime) -> Id | None:
    if await uow.invoices.of_shipment(shipment_id):
        return None
    dispatch = await uow.shipments.find(shipment_id)
    if dispatch is None:
        raise NoSuchShipment(id=str(shipment_id))
    for company_id in (dispatch.seller_id, dispatch.buyer_id):
        if await uow.parties.find(company_id) is None:
            await uow.timers.set("fetch_party", company_id, now)
    return dispatch.order_id


async def _case(shipment_id: Id, deliver_to: DeliveryAddress, uow: UnitOfWork) -> InvoiceCase:
    dispatch = await uow.shipments.find(shipment_id)
    if dispatch is None:
        raise NoSuchShipment(id=str(shipment_id))
    ordered = await uow.seller_orders.find(dispatch.seller_order_id)
    payment = await uow.payments.find(payment_id_of(dispatch.order_id))
    if ordered is None or payment is None or payment.secured_at is None or payment.account is None:
        raise FactsNotKnownYet(shipment_id=str(shipment_id))
    return InvoiceCase(
        ordered=ordered.taxed_as(dispatch),
        dispatch=dispatch,
        deliver_to=deliver_to,
        seller=await _party(dispatch.seller_id, uow),
        buyer=await _party(dispatch.buyer_id, uow),
        account=payment.account,
        order_number=payment.order.number,
        # A card that is charged when the goods leave was charged for this parcel, right before it left.
        paid_at=dispatch.dispatched_at if payment.capture == "at_dispatch" else payment.secured_at,
        means="card" if payment.method == "card" else "transfer",
        rules=uow.rules.of_version(ordered.policy_version),
        platform=uow.platform,
    )


async def _party(company_id: Id, uow: UnitOfWork) -> Party:
    party = await uow.parties.find(company_id)
    if party is None:
        raise PartyNotKnownYet(company_id=str(company_id))
    return party
