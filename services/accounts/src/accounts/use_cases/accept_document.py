"""The operator accepts a document."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from accounts.domain.document import Document, DocumentState
from accounts.use_cases.find_document import DOCUMENT_EXPIRY, DOCUMENT_REMINDER, find_document, forget_document
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class AcceptDocument:
    """Which one; `valid_until` corrects what the seller said, None leaves it."""

    seller_id: Id
    document_id: Id
    valid_until: date | None


async def accept_document(command: AcceptDocument, markets: Markets, uow: UnitOfWork, now: datetime) -> Document:
    """The one that was accepted before has done its work. The seller is reminded before the last day is over."""
    document = await find_document(command.seller_id, command.document_id, uow)
    accepted = document.accept(command.valid_until, now)
    for older in await uow.documents.of_seller(command.seller_id):
        if older.kind is accepted.kind and older.state is DocumentState.ACCEPTED:
            await uow.documents.save(older.replaced())
            await forget_document(older.id, uow)
    await uow.documents.save(accepted)
    if accepted.valid_until is not None:
        seller = await uow.sellers.get(command.seller_id)
        before = markets.rules(seller.markets[0], now.date()).document_reminder_before
        ends_at = datetime.combine(accepted.valid_until + timedelta(days=1), time(), UTC)
        payload = {"seller_id": str(seller.id)}
        await uow.timers.set(DOCUMENT_REMINDER, accepted.id, max(ends_at - before, now), payload)
        await uow.timers.set(DOCUMENT_EXPIRY, accepted.id, ends_at, payload)
    return accepted
