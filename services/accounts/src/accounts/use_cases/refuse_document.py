"""The operator does not accept a document."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.document import Document, DocumentRefusal
from accounts.domain.seller import MOVES
from accounts.use_cases.find_document import find_document, forget_document
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RefuseDocument:
    """`reason` is mailed as a code, `next_step` is told in the case only."""

    seller_id: Id
    document_id: Id
    reason: DocumentRefusal
    next_step: str


async def refuse_document(command: RefuseDocument, uow: UnitOfWork, now: datetime) -> Document:
    """The seller gets a mail, unless its case is over."""
    document = await find_document(command.seller_id, command.document_id, uow)
    refused = document.refuse(command.reason, command.next_step, now)
    await uow.documents.save(refused)
    await forget_document(refused.id, uow)
    seller = await uow.sellers.get(command.seller_id)
    if MOVES.allows("raise_requirement", seller.state):
        seller, raised = seller.raise_requirement("document", str(command.reason), subject=str(refused.kind))
        await uow.sellers.save(seller)
        uow.publish(raised)
    return refused
