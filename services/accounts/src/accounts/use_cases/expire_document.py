"""A document's last day comes near, or is over."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.document import MOVES, DocumentState
from accounts.domain.seller import MOVES as SELLER_MOVES
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RemindOfDocument:
    """Which one, of whom."""

    seller_id: Id
    document_id: Id


@dataclass(frozen=True)
class ExpireDocument:
    """Which one, of whom."""

    seller_id: Id
    document_id: Id


async def remind_of_document(command: RemindOfDocument, uow: UnitOfWork, now: datetime) -> None:
    """One that holds no more, or was replaced, is left alone."""
    document = await uow.documents.get(command.document_id)
    if document.state is DocumentState.ACCEPTED:
        await _tell(command.seller_id, "expires_soon", document.id, uow)


async def expire_document(command: ExpireDocument, uow: UnitOfWork, now: datetime) -> None:
    """The seller goes on selling; the operator sees what is missing and decides."""
    document = await uow.documents.get(command.document_id)
    if not MOVES.allows("expire", document.state):
        return
    await uow.documents.save(document.expire())
    await _tell(command.seller_id, "expired", document.id, uow)


async def _tell(seller_id: Id, why: str, document_id: Id, uow: UnitOfWork) -> None:
    seller = await uow.sellers.get(seller_id)
    if not SELLER_MOVES.allows("raise_requirement", seller.state):
        return
    document = await uow.documents.get(document_id)
    seller, raised = seller.raise_requirement("document", why, document.valid_until, str(document.kind))
    await uow.sellers.save(seller)
    uow.publish(raised)
