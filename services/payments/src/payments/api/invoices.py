"""Invoices: lists, single ones, and their files."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from chassis.kernel.ids import Id
from chassis.web.internal import internal_caller
from chassis.web.pages import Page, Paging
from payments.api.reader import PaymentReader, Read
from payments.api.schemas import InvoiceBody
from payments.api.windows import window_of
from payments.domain.errors import InvoiceNotStored, NoSuchInvoice
from payments.domain.views import InvoiceView, Reader
from payments.use_cases.ports import Queries

router = APIRouter(prefix="/v1/invoices", tags=["invoices"])
internal_router = APIRouter(
    prefix="/internal/invoices", dependencies=[Depends(internal_caller)], include_in_schema=False
)

_MEDIA_TYPES = {"pdf": "application/pdf", "xml": "application/xml"}
_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {}}, "description": "PDF/A-3 with the XML inside (Factur-X)"}
}
_XML: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/xml": {}}, "description": "The invoice as CII, EN 16931"}
}


@router.get("")
async def list_invoices(
    reader: PaymentReader,
    paging: Paging,
    queries: Read,
    order_id: Annotated[Id | None, Query(description="Only those of this order")] = None,
    seller_order_id: Annotated[Id | None, Query(description="Only those of this seller order")] = None,
) -> Page[InvoiceBody]:
    """Invoices, newest first: a buyer's issued ones, a seller's own, or all for operators and auditors."""
    found = await queries.invoices(reader, order_id, seller_order_id, window_of(paging))
    return paging.page_of(found, InvoiceBody.model_validate, lambda one: (one.numbered_at.isoformat(), one.id))


@router.get("/{invoice_id}")
async def read_invoice(invoice_id: Id, reader: PaymentReader, queries: Read) -> InvoiceBody:
    """One invoice; 404 `invoice_not_found` for strangers."""
    return InvoiceBody.model_validate(await _invoice(invoice_id, reader, queries))


@router.get("/{invoice_id}/pdf", response_class=Response, responses=_PDF)
async def read_invoice_pdf(invoice_id: Id, reader: PaymentReader, queries: Read) -> Response:
    """The document itself, the same bytes for ever; 409 `invoice_not_stored` before it is stored."""
    await _invoice(invoice_id, reader, queries)
    return await _file(invoice_id, "pdf", queries)


@router.get("/{invoice_id}/xml", response_class=Response, responses=_XML)
async def read_invoice_xml(invoice_id: Id, reader: PaymentReader, queries: Read) -> Response:
    """The structured invoice that is also inside the PDF; 409 `invoice_not_stored` before it is stored."""
    await _invoice(invoice_id, reader, queries)
    return await _file(invoice_id, "xml", queries)


@internal_router.get("/{invoice_id}")
async def read_invoice_internally(invoice_id: Id, queries: Read) -> InvoiceBody:
    """For the mails that carry invoices."""
    return InvoiceBody.model_validate(await _invoice(invoice_id, Reader(), queries))


@internal_router.get("/{invoice_id}/pdf")
async def read_invoice_pdf_internally(invoice_id: Id, queries: Read) -> Response:
    """The attachment of a mail."""
    await _invoice(invoice_id, Reader(), queries)
    return await _file(invoice_id, "pdf", queries)


async def _invoice(invoice_id: Id, reader: Reader, queries: Queries) -> InvoiceView:
    found = await queries.invoice(reader, invoice_id)
    if found is None:
        raise NoSuchInvoice(id=str(invoice_id))
    return found


async def _file(invoice_id: Id, kind: Literal["pdf", "xml"], queries: Queries) -> Response:
    found = await queries.invoice_file(invoice_id, kind)
    if found is None:
        raise InvoiceNotStored(id=str(invoice_id))
    headers = {
        "Content-Disposition": f'attachment; filename="{found.number}.{kind}"',
        "ETag": f'"{found.sha256}"',
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    return Response(found.content, media_type=_MEDIA_TYPES[kind], headers=headers)
