"""A seller's documents: upload, list, read; the operator accepts and refuses them."""

from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, status
from starlette.responses import Response

from accounts.api import seller_shapes
from accounts.api.operator import Operator
from accounts.api.seller_schemas import AcceptanceRequest, DocumentBody, DocumentRefusalRequest, DocumentsBody
from accounts.api.state import Doors, Given
from accounts.domain.document import DocumentKind
from accounts.domain.file_types import FILE_MAX_BYTES, MediaType
from accounts.use_cases.accept_document import AcceptDocument, accept_document
from accounts.use_cases.refuse_document import RefuseDocument, refuse_document
from accounts.use_cases.upload_document import UploadDocument, refuse_upload, upload_document
from chassis.kernel.errors import Invalid
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.text import ONE_LINE
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/sellers/me/documents", tags=["accounts"])
operator_router = APIRouter(prefix="/v1/operator/sellers/{seller_id}/documents", tags=["operator"])
# Raw bytes: what a file is told from its content, so the type that is announced says nothing.
_FILE = {
    "requestBody": {
        "required": True,
        "description": f"The file itself, at most {FILE_MAX_BYTES} bytes",
        "content": {
            str(one): {"schema": {"type": "string", "format": "binary"}, "example": "(the bytes of the file)"}
            for one in MediaType
        },
    }
}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {str(one): {"schema": {"type": "string", "format": "binary"}} for one in MediaType}}
}


@router.post("", status_code=status.HTTP_201_CREATED, response_model=DocumentBody, openapi_extra=_FILE)
async def upload_own_document(
    request: Request,
    subject: Annotated[Subject, require("account:write")],
    write: Write,
    given: Given,
    kind: DocumentKind = DocumentKind.OTHER,
    file_name: Annotated[str, Query(min_length=1, max_length=255), ONE_LINE] = "document",
    valid_until: date | None = None,
) -> Response:
    """Upload a PDF, PNG or JPEG of up to 10 MB as the body. What it really is, is told from its content.

    Locked PDFs, PDFs with scripts or files inside, and files that are two things at once are refused.
    """
    content = await request.body()
    try:
        media_type = await given.files.media_type(content)
    except Invalid as refusal:
        return await write.answer(subject.tenant, partial(refuse_upload, refusal), seller_shapes.document)
    command = UploadDocument(subject.company_id, kind, file_name, media_type, content, valid_until)
    work = partial(upload_document, command)
    return await write.answer(subject.tenant, work, seller_shapes.document, status=status.HTTP_201_CREATED)


@router.get("")
async def list_own_documents(subject: Annotated[Subject, require("account:read")], given: Given) -> DocumentsBody:
    """All documents of one's case, replaced ones too; 404 for who never applied."""
    return seller_shapes.documents((await given.queries.seller_file(subject.company_id)).documents)


@router.get("/{document_id}/file", response_class=Response, responses=_FILES)
async def download_own_document(
    document_id: Id, subject: Annotated[Subject, require("account:read")], given: Given
) -> Response:
    """The file as it was uploaded."""
    return await _file(subject.company_id, document_id, given)


@operator_router.get("")
async def list_seller_documents(seller_id: Id, subject: Operator, given: Given) -> DocumentsBody:
    """All documents of a seller."""
    return seller_shapes.documents((await given.queries.seller_file(seller_id)).documents)


@operator_router.get("/{document_id}/file", response_class=Response, responses=_FILES)
async def download_seller_document(seller_id: Id, document_id: Id, subject: Operator, given: Given) -> Response:
    """The file as it was uploaded."""
    return await _file(seller_id, document_id, given)


@operator_router.post("/{document_id}/acceptance", status_code=status.HTTP_201_CREATED, response_model=DocumentBody)
async def accept_seller_document(
    seller_id: Id, document_id: Id, body: AcceptanceRequest, subject: Operator, write: Write, given: Given
) -> Response:
    """Accept a document, until the day that is given here or was given with it. Its seller is reminded in time."""
    work = partial(accept_document, AcceptDocument(seller_id, document_id, body.valid_until), given.markets)
    return await write.answer(subject.tenant, work, seller_shapes.document, status=status.HTTP_201_CREATED)


@operator_router.post("/{document_id}/refusal", status_code=status.HTTP_201_CREATED, response_model=DocumentBody)
async def refuse_seller_document(
    seller_id: Id, document_id: Id, body: DocumentRefusalRequest, subject: Operator, write: Write
) -> Response:
    """Refuse a document, one that was accepted too, with a reason and what to do. The seller gets a mail."""
    work = partial(refuse_document, RefuseDocument(seller_id, document_id, body.reason, body.next_step))
    return await write.answer(subject.tenant, work, seller_shapes.document, status=status.HTTP_201_CREATED)


async def _file(seller_id: Id, document_id: Id, given: Doors) -> Response:
    document, content = await given.queries.document(seller_id, document_id)
    # The type is one of three that we looked at ourselves; still nothing of it shall run in a browser of ours.
    ascii_name = document.file_name.encode("ascii", "replace").decode().replace("?", "_")
    headers = {
        "Content-Disposition": f'attachment; filename="{ascii_name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=document.media_type, headers=headers)
