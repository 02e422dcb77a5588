"""The step that the operator's decisions share: a document of this seller."""

from accounts.domain.document import Document
from accounts.domain.errors import DocumentNotFound
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id

DOCUMENT_REMINDER = "seller_document_reminder"
DOCUMENT_EXPIRY = "seller_document_expiry"


async def find_document(seller_id: Id, document_id: Id, uow: UnitOfWork) -> Document:
    """Another seller's looks as if it were not there."""
    document = await uow.documents.get(document_id)
    if document.seller_id != seller_id:
        raise DocumentNotFound(id=str(document_id))
    return document


async def forget_document(document_id: Id, uow: UnitOfWork) -> None:
    """Nobody is reminded of it any more, and it does not expire."""
    await uow.timers.cancel(DOCUMENT_REMINDER, document_id)
    await uow.timers.cancel(DOCUMENT_EXPIRY, document_id)
