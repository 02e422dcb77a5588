"""The operator finds that a seller is right about its invoice: a credit note and a new invoice take its place."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from documents.invoice_data import Invoice as Paper
from payments.domain.contest import CORRECTABLE, Contest, CorrectionNotCarried
from payments.domain.corrected_invoice import draw_up_cancelling, draw_up_corrected
from payments.domain.errors import FactsNotKnownYet, PartyNotKnownYet
from payments.domain.invoice import Correction, Invoice, InvoiceState, SeriesNumber, correction_id_of, series_of
from payments.domain.party import Party
from payments.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class UpholdContest:
    """Which, and the operator's words to the seller."""

    contest_id: Id
    answer: str


async def uphold_contest(command: UpholdContest, uow: UnitOfWork, now: datetime) -> Contest:
    """Both documents get their numbers here, in one transaction; the credit note is issued after the new invoice was.

    No money moves and no entry is made: the new invoice takes over what the old one came to, to the cent. Raises
    CorrectionNotCarried where only people can settle it.
    """
    contest = await uow.contests.get(command.contest_id)
    invoice = await uow.invoices.get(contest.invoice_id)
    await uow.lock(invoice.shipment_id)
    await _check(contest, invoice, uow)
    corrected, cancelling = await _number(invoice, contest.id, uow, now)
    upheld, event = contest.uphold(command.answer, cancelling.id, corrected.id, now)
    await uow.contests.save(upheld)
    uow.publish(event)
    await uow.invoices.add(corrected)
    await uow.invoices.add_credit_note(cancelling)
    await uow.timers.set("store_invoice", corrected.id, now)
    return upheld


async def _check(contest: Contest, invoice: Invoice, uow: UnitOfWork) -> None:
    if contest.reason not in CORRECTABLE:
        raise CorrectionNotCarried(why="reason", reason=str(contest.reason))
    if invoice.paper.kind != 380:
        raise CorrectionNotCarried(why="credit_note")
    if await uow.invoices.is_sealed(invoice.id):
        raise CorrectionNotCarried(why="sealed")
    if any(one.state != InvoiceState.ISSUED for one in await uow.invoices.of_shipment(invoice.shipment_id)):
        raise CorrectionNotCarried(why="another_invoice_waits")
    credit_notes = await uow.invoices.credit_notes_of(invoice.seller_order_id)
    if any(one.credit is not None and one.credit.invoice_id == invoice.id for one in credit_notes):
        raise CorrectionNotCarried(why="already_credited")


async def _number(invoice: Invoice, contest_id: Id, uow: UnitOfWork, now: datetime) -> tuple[Invoice, Invoice]:
    ordered = await uow.seller_orders.find(invoice.seller_order_id)
    dispatch = await uow.shipments.find(invoice.shipment_id)
    if ordered is None or dispatch is None:
        raise FactsNotKnownYet(seller_order_id=str(invoice.seller_order_id))
    seller, buyer = await _party(invoice.seller_id, uow), await _party(invoice.buyer_id, uow)
    if seller.invoice_prefix is None:
        raise PartyNotKnownYet("the seller has no invoice prefix yet", company_id=str(seller.company_id))
    day = uow.rules.of_version(ordered.policy_version).calendar_of(seller.country).local_day(now)
    origin = next(line.ship_from for line in ordered.lines if line.regime == invoice.regime)
    series, notes = (series_of(seller.invoice_prefix, kind, day) for kind in (380, 381))
    number = SeriesNumber(series, await uow.invoices.next_number(invoice.seller_id, series))
    note_number = SeriesNumber(notes, await uow.invoices.next_number(invoice.seller_id, notes))
    paper = draw_up_corrected(invoice.paper, seller, buyer, origin, dispatch.delivery_country, number.text, day)
    note = draw_up_cancelling(invoice.paper, note_number.text, day, number.text)
    return (
        _document(invoice, contest_id, number, paper, now),
        _document(invoice, contest_id, note_number, note, now),
    )


def _document(invoice: Invoice, contest_id: Id, number: SeriesNumber, paper: Paper, now: datetime) -> Invoice:
    return Invoice(
        id=correction_id_of(contest_id, paper.kind),
        version=0,
        state=InvoiceState.NUMBERED,
        number=number,
        regime=invoice.regime,
        seller_id=invoice.seller_id,
        buyer_id=invoice.buyer_id,
        order_id=invoice.order_id,
        seller_order_id=invoice.seller_order_id,
        shipment_id=invoice.shipment_id,
        paper=paper,
        numbered_at=now,
        correction=Correction(contest_id, invoice.id, invoice.number.text),
    )


async def _party(company_id: Id, uow: UnitOfWork) -> Party:
    party = await uow.parties.find(company_id)
    if party is None:
        raise PartyNotKnownYet(company_id=str(company_id))
    return party
