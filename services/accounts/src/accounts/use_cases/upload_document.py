"""A seller uploads a document; the operator looks at it later."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from accounts.domain.document import Document, DocumentKind, DocumentState
from accounts.domain.errors import DocumentExpiryPast, SellerMoveRefused, TooManyDocuments
from accounts.domain.file_types import MediaType, plain_file_name
from accounts.domain.seller import MOVES
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.errors import Invalid
from chassis.kernel.ids import Id, new_id

# A case has some ten papers, renewed once a year or so.
DOCUMENTS_MAX = 100


@dataclass(frozen=True)
class UploadDocument:
    """`content` is of `media_type`: somebody has looked inside. `file_name` is as typed."""

    seller_id: Id
    kind: DocumentKind
    file_name: str
    media_type: MediaType
    content: bytes
    valid_until: date | None


async def refuse_upload(refusal: Invalid, uow: UnitOfWork, now: datetime) -> Document:
    """The verdict about a file that is not taken: kept like any other, so that a repeat gets the same."""
    raise refusal


async def upload_document(command: UploadDocument, uow: UnitOfWork, now: datetime) -> Document:
    """It takes the place of older ones of its kind that did not do; one that was accepted holds until this one is."""
    seller = await uow.sellers.get(command.seller_id)
    if not MOVES.allows("change", seller.state):
        raise SellerMoveRefused("no documents are taken any more", state=str(seller.state))
    if command.valid_until is not None and command.valid_until < now.date():
        raise DocumentExpiryPast(valid_until=command.valid_until.isoformat())
    kept = await uow.documents.of_seller(seller.id)
    if len(kept) >= DOCUMENTS_MAX:
        raise TooManyDocuments(most=DOCUMENTS_MAX)
    for older in kept:
        if older.kind is command.kind and older.state not in (DocumentState.ACCEPTED, DocumentState.REPLACED):
            await uow.documents.save(older.replaced())
    document = Document(
        id=new_id(),
        version=1,
        seller_id=seller.id,
        kind=command.kind,
        state=DocumentState.UPLOADED,
        file_name=plain_file_name(command.file_name, command.media_type),
        media_type=str(command.media_type),
        sha256=hashlib.sha256(command.content).hexdigest(),
        size=len(command.content),
        uploaded_at=now,
        valid_until=command.valid_until,
    )
    await uow.document_files.keep(document.sha256, command.content)
    await uow.documents.add(document)
    return document
