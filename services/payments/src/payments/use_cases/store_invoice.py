"""A numbered invoice is typeset, checked, stored and issued; only then does the buyer's money become the seller's."""

from datetime import datetime
from functools import partial

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from documents.invoice_data import InvoiceFiles
from payments.domain.commission import Commission, commission_on
from payments.domain.errors import FactsNotKnownYet, InvoiceRefused, PartyNotKnownYet
from payments.domain.facts import OrderedParts
from payments.domain.invoice import MANDATE_REVOKED, Invoice, InvoiceState, correction_id_of
from payments.domain.ledger_rules import commission, shipped
from payments.domain.settlement import Settlement, SettlementState, begin_settlement
from payments.use_cases.ports import Run, Typesetter, UnitOfWork
from payments.use_cases.post_entry import post_entry
from payments.use_cases.refund_credit_note import refund_credit_note
from payments.use_cases.release_settlement import release


async def store_invoice(invoice_id: Id, run: Run, typesetter: Typesetter) -> None:
    """Errand: making the document takes some 50 ms and needs no transaction; the frozen row always gives the same bytes."""
    invoice = await run(partial(_read, invoice_id))
    if invoice.state == InvoiceState.ISSUED:
        return
    try:
        files = await typesetter.invoice(invoice.paper)
    except InvoiceRefused as refusal:
        await run(partial(block_invoice, invoice_id, refusal.reason))
        return
    await run(partial(issue_invoice, invoice_id, files))


async def block_invoice(invoice_id: Id, reason: str, uow: UnitOfWork, now: datetime) -> None:
    """It keeps its number and waits for a person."""
    invoice = await uow.invoices.get(invoice_id)
    await uow.invoices.save(invoice.block(reason))


async def issue_invoice(invoice_id: Id, files: InvoiceFiles, uow: UnitOfWork, now: datetime) -> None:
    """Store the files, issue, and book P4; with the last invoice of the seller order also P5 and its settlement.

    A credit note begins its refund instead, and is issued without a mandate too: it corrects what was issued under one, and the
    buyer's money must not wait for its seller.
    """
    invoice = await uow.invoices.get(invoice_id)
    if invoice.state == InvoiceState.ISSUED:
        return
    if not invoice.is_credit_note and not await uow.mandates.stands(invoice.seller_id):
        await uow.invoices.save(invoice.block(MANDATE_REVOKED))
        return
    await uow.lock(invoice.seller_order_id)
    issued, event = invoice.validate(files.sha256).issue(now)
    await uow.invoices.store_files(invoice.id, files)
    await uow.invoices.save(issued)
    uow.publish(event)
    if issued.correction is not None:
        if not issued.is_credit_note:
            # The contested invoice is cancelled when the one that takes its place is there.
            await uow.timers.set("store_invoice", correction_id_of(issued.correction.contest_id, 381), now)
        return
    if issued.credit is not None:
        await refund_credit_note(issued, uow, now)
        return
    entry = shipped(issued.order_id, issued.seller_order_id, issued.total)
    await post_entry(entry, f"invoice/{issued.id}", uow, now)
    invoices = await uow.invoices.of_shipment(issued.shipment_id)
    if all(one.state == InvoiceState.ISSUED for one in invoices):
        await _settle(invoices, uow, now)


async def _settle(invoices: list[Invoice], uow: UnitOfWork, now: datetime) -> None:
    first = invoices[0]
    ordered = await uow.seller_orders.find(first.seller_order_id)
    if ordered is None:
        raise FactsNotKnownYet(seller_order_id=str(first.seller_order_id))
    earned = await _commission(ordered, first, uow)
    settlement, pending = begin_settlement(
        Settlement(
            id=ordered.seller_order_id,
            version=1,
            state=SettlementState.PENDING,
            order_id=ordered.order_id,
            seller_id=ordered.seller_id,
            buyer_id=ordered.buyer_id,
            market=ordered.market,
            policy_version=ordered.policy_version,
            invoiced=Money(sum(one.total.minor for one in invoices), ordered.currency),
            commission=earned,
            pending_at=now,
        )
    )
    await uow.settlements.add(settlement)
    uow.publish(pending)
    if earned.net.minor:
        entry = commission(ordered.order_id, ordered.seller_order_id, earned.net, earned.vat)
        await post_entry(entry, f"seller_order/{ordered.seller_order_id}", uow, now)
    if await uow.shipments.window_closed_at(settlement.id) is not None:
        # The invoice was blocked for longer than the claim window.
        await release(settlement, uow, now)


async def _commission(ordered: OrderedParts, invoice: Invoice, uow: UnitOfWork) -> Commission:
    seller = await uow.parties.find(ordered.seller_id)
    if seller is None:
        raise PartyNotKnownYet(company_id=str(ordered.seller_id))
    goods = Money(sum(line.net_minor for line in ordered.lines), ordered.currency)
    rate = uow.rules.of_version(ordered.policy_version).commission_rate_percent
    return commission_on(goods, rate, uow.platform.country, seller.country, seller.vat(), invoice.issued_on)


async def _read(invoice_id: Id, uow: UnitOfWork, now: datetime) -> Invoice:
    return await uow.invoices.get(invoice_id)
