"""A seller contests a document that was issued in its name, within the time that its mandate gives it."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id, new_id
from payments.domain.contest import (
    Contest,
    ContestReason,
    ContestState,
    ContestTooLate,
    InvoiceContestedAlready,
    InvoiceNotContestable,
)
from payments.domain.errors import FactsNotKnownYet, NoSuchInvoice
from payments.domain.invoice import Invoice, InvoiceState
from payments.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class OpenContest:
    """Whose document, what is wrong about it, and the seller's own words."""

    invoice_id: Id
    seller_id: Id
    reason: ContestReason
    says: str


async def open_contest(command: OpenContest, uow: UnitOfWork, now: datetime) -> Contest:
    """Invoices and credit notes alike, each once; the document and its money stay as they are until somebody decides."""
    invoice = await uow.invoices.find(command.invoice_id)
    if invoice is None or invoice.seller_id != command.seller_id:
        raise NoSuchInvoice(id=str(command.invoice_id))
    if invoice.state != InvoiceState.ISSUED or await uow.invoices.is_sealed(invoice.id):
        raise InvoiceNotContestable(state=str(invoice.state))
    await uow.lock(invoice.id)
    if (earlier := await uow.contests.of_invoice(invoice.id)) is not None:
        raise InvoiceContestedAlready(id=str(earlier.id))
    until = await contest_until(invoice, uow)
    if now > until:
        raise ContestTooLate(contest_until=until.isoformat())
    contest = Contest(
        id=new_id(),
        version=1,
        state=ContestState.OPEN,
        invoice_id=invoice.id,
        number=invoice.number.text,
        order_id=invoice.order_id,
        seller_id=invoice.seller_id,
        buyer_id=invoice.buyer_id,
        reason=command.reason,
        says=command.says,
        contest_until=until,
        opened_at=now,
    )
    await uow.contests.add(contest)
    uow.publish(contest.opened())
    return contest


async def contest_until(invoice: Invoice, uow: UnitOfWork) -> datetime:
    """The last second of the last day, where the seller sits; the day on which it was issued does not count."""
    ordered = await uow.seller_orders.find(invoice.seller_order_id)
    if ordered is None or invoice.issued_at is None:
        raise FactsNotKnownYet(seller_order_id=str(invoice.seller_order_id))
    rules = uow.rules.of_version(ordered.policy_version)
    return rules.contest_until(invoice.issued_at, invoice.paper.seller.address.country)
