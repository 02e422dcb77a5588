"""Devices came back and are refunded: their invoices get credit notes, numbered without gaps in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from chassis.kernel.calendar import Calendar
from chassis.kernel.ids import Id
from payments.domain.credit_note import NothingToCredit, credited_by, draw_up_credit_note, units_on
from payments.domain.errors import FactsNotKnownYet, PartyNotKnownYet
from payments.domain.facts import Dispatch, OrderedParts
from payments.domain.invoice import (
    Credit,
    Invoice,
    InvoiceState,
    SeriesNumber,
    credit_note_id_of,
    series_of,
)
from payments.domain.party import Party
from payments.domain.policies import PaymentRules
from payments.use_cases.order_shares import means_of, order_shares
from payments.use_cases.ports import Run, UnitOfWork


@dataclass(frozen=True)
class CreditUnits:
    """What aftersales decided, or the carrier: these devices of a parcel are refunded. `reason` is a stable code.

    `case_id` is the shipment's own id where the parcel never reached its buyer.
    """

    case_id: Id
    shipment_id: Id
    units: tuple[str, ...]
    reason: str

    def payload(self) -> dict[str, Any]:
        """What the errand keeps of it, beside the case's id."""
        return {"shipment_id": str(self.shipment_id), "units": list(self.units), "reason": self.reason}

    @classmethod
    def of(cls, case_id: Id, payload: Mapping[str, Any]) -> "CreditUnits":
        """The command of an errand."""
        return cls(case_id, Id(payload["shipment_id"]), tuple(payload["units"]), payload["reason"])


@dataclass(frozen=True)
class _Context:
    ordered: OrderedParts
    dispatch: Dispatch
    seller: Party
    rules: PaymentRules

    @property
    def days(self) -> Calendar:
        """Where the seller sits, as for its invoices."""
        return self.rules.calendar_of(self.seller.country)


async def want_credit_notes(command: CreditUnits, uow: UnitOfWork, now: datetime) -> None:
    """Set the errand: an invoice may still be on its way to its own stored paper."""
    await uow.timers.set("credit_units", command.case_id, now, command.payload())


async def credit_units(command: CreditUnits, run: Run) -> None:
    """Errand: waits (by raising) until the invoices are issued, then numbers their credit notes."""
    await run(partial(number_credit_notes, command))


async def number_credit_notes(command: CreditUnits, uow: UnitOfWork, now: datetime) -> list[Invoice]:
    """One credit note for each invoice that a device stands on; those that this case has already are left as they are.

    Raises NothingToCredit where a device was never invoiced, or was credited in another case.
    """
    await uow.lock(command.shipment_id)
    context = await _context(command.shipment_id, uow)
    invoices = await uow.invoices.of_shipment(command.shipment_id)
    if not invoices or any(one.state != InvoiceState.ISSUED for one in invoices):
        raise FactsNotKnownYet("the invoice is not issued yet", shipment_id=str(command.shipment_id))
    named = {unit for one in invoices for unit in units_on(one.paper, command.units)}
    if named != set(command.units):
        raise NothingToCredit(units=sorted(set(command.units) - named))
    earlier = await uow.invoices.credit_notes_of(context.ordered.seller_order_id)
    known = {one.id for one in earlier}
    return [
        await _number(invoice, command, context, earlier, uow, now)
        for invoice in invoices
        if units_on(invoice.paper, command.units) and credit_note_id_of(command.case_id, invoice.id) not in known
    ]


async def _number(
    invoice: Invoice,
    command: CreditUnits,
    context: _Context,
    earlier: Sequence[Invoice],
    uow: UnitOfWork,
    now: datetime,
) -> Invoice:
    prefix = context.seller.invoice_prefix
    if prefix is None:
        raise PartyNotKnownYet("the seller has no invoice prefix yet", company_id=str(context.seller.company_id))
    day = context.days.local_day(now)
    series = series_of(prefix, 381, day)
    number = SeriesNumber(series, await uow.invoices.next_number(invoice.seller_id, series))
    before = credited_by([one.paper for one in earlier if one.credit and one.credit.invoice_id == invoice.id])
    refund_until = context.rules.refund_until(means_of(await order_shares(invoice.order_id, uow)), now)
    paper = draw_up_credit_note(
        invoice.paper,
        command.units,
        before,
        number.text,
        day,
        context.rules.calendar.local_day(refund_until),
        _displayed(invoice, command.units, context),
    )
    credit_note = Invoice(
        id=credit_note_id_of(command.case_id, invoice.id),
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
        credit=Credit(invoice.id, invoice.number.text, command.case_id, command.reason),
    )
    await uow.invoices.add_credit_note(credit_note)
    await uow.timers.set("store_invoice", credit_note.id, now)
    return credit_note


def _displayed(invoice: Invoice, units: Sequence[str], context: _Context) -> int | None:
    """What these devices cost on the page, where prices include VAT; None where the paper's own sums say it."""
    part = next(one for one in context.ordered.regimes if one.regime == invoice.regime)
    if part.price_basis == "net":
        return None
    on_paper = units_on(invoice.paper, units)
    return sum(
        line.unit_price_minor * sum(unit.value in on_paper for unit in context.dispatch.units_of(line.line_no))
        for line in context.ordered.lines
        if line.regime == invoice.regime
    )


async def _context(shipment_id: Id, uow: UnitOfWork) -> _Context:
    dispatch = await uow.shipments.find(shipment_id)
    if dispatch is None:
        raise FactsNotKnownYet(shipment_id=str(shipment_id))
    ordered = await uow.seller_orders.find(dispatch.seller_order_id)
    seller = await uow.parties.find(dispatch.seller_id)
    if ordered is None or seller is None:
        raise FactsNotKnownYet(seller_order_id=str(dispatch.seller_order_id))
    return _Context(ordered, dispatch, seller, uow.rules.of_version(ordered.policy_version))
