"""A seller's devices: passports pushed as NDJSON, listed, read with their history, and the label for the box."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from catalog.api.ndjson import LINES_MAX, MEDIA_TYPE, MEDIA_TYPES, schema_of
from catalog.api.unit_lines import read_unit_lines, result_line
from catalog.api.unit_schemas import UnitBody, UnitChangeBody, UnitDetailBody, UnitLine, UnitLineResult
from catalog.api.unit_views import change_body, unit_body
from catalog.domain.errors import SellerNotActive
from catalog.domain.unit import UnitState
from catalog.domain.unit_errors import UnitNotFound
from catalog.use_cases.ports import CatalogQueries
from catalog.use_cases.ports_units import Labels, UnitQueries, UnitView
from catalog.use_cases.push_units import PushUnits, push_units
from catalog.use_cases.push_units import UnitLineResult as Settled
from chassis.db.receipts import Answer, Receipt, StoredRefusal
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.problems import Problem
from chassis.web.writes import Write

router = APIRouter(tags=["seller units"])

_StockReader = Annotated[Subject, require("stock:read")]
_StockWriter = Annotated[Subject, require("stock:write")]

_NDJSON_IN: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"One line per device, at most {LINES_MAX:,} lines of 64 kB and 10 MB in all",
        "content": {MEDIA_TYPE: {"schema": schema_of(UnitLine)}},
    }
}
_NDJSON_OUT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One line per line that was sent, in order",
        "content": {MEDIA_TYPE: {"schema": schema_of(UnitLineResult)}},
    }
}
_SVG = "image/svg+xml"
_LABEL: dict[int | str, dict[str, Any]] = {
    200: {"description": "The QR code", "content": {_SVG: {"schema": {"type": "string"}}}}
}


@router.patch(
    "/v1/seller/units",
    name="push_seller_units",
    openapi_extra=_NDJSON_IN,
    responses=_NDJSON_OUT,
    response_class=Response,
)
async def push_seller_units(request: Request, write: Write, subject: _StockWriter) -> Response:
    """Create and change passports of your devices, a batch at a time.

    Lines that cannot be applied are reported by number and do not keep the others out. Where a device comes twice, the last
    line wins. A device that another seller holds is `unit_held_elsewhere`. What left with a parcel is not described any more
    until it is back.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise Problem(415, "unsupported_media_type", "This media type is not understood here", f"Send {MEDIA_TYPE}")
    lines = read_unit_lines(await request.body())
    queries: CatalogQueries = request.app.state.queries
    seller = await queries.seller(subject.company_id)
    if seller is None:
        # Not stored under the key: a seller whose activation is on its way can try again.
        raise SellerNotActive(state="unknown")
    seller.must_be_active()
    labels: Labels = request.app.state.unit_labels

    def answer(results: Sequence[Settled]) -> Answer:
        # Stored as text, so that a repeat gets the very same bytes.
        return Answer(200, "".join(result_line(result, labels.check_url) for result in results))

    receipt = Receipt(subject.tenant, write.key, write.fingerprint)
    verdict = await write.executor.answer(partial(push_units, PushUnits(subject.company_id, lines)), receipt, answer)
    if isinstance(verdict, StoredRefusal):
        raise verdict
    headers = {"Idempotent-Replayed": "true"} if verdict.replayed else {}
    return Response(verdict.body, verdict.status, headers, media_type=MEDIA_TYPE)


@router.get("/v1/seller/units")
async def list_seller_units(
    request: Request,
    paging: Paging,
    subject: _StockReader,
    sku: Annotated[str | None, Query(max_length=120, description="Only units of this SKU")] = None,
    state: UnitState | None = None,
    number: Annotated[str | None, Query(max_length=60, description="The IMEI or serial")] = None,
    updated_since: Annotated[
        AwareDatetime | None, Query(description="Only what changed at or after this instant")
    ] = None,
) -> Page[UnitBody]:
    """Your devices in the order of their last change."""
    found = await _queries(request).of_seller(
        subject.company_id,
        _storable(sku),
        state,
        _storable(number),
        updated_since,
        paging.limit + 1,
        paging.after_moment,
    )
    labels: Labels = request.app.state.unit_labels
    return paging.page_of(
        found,
        lambda view: UnitBody(**unit_body(view, labels)),
        lambda view: (view.updated_at.isoformat(), view.unit.id),
    )


@router.get("/v1/seller/units/{unit_id}")
async def read_seller_unit(unit_id: Id, request: Request, subject: _StockReader) -> UnitDetailBody:
    """One device with all that happened to it here."""
    view = await _own(request, subject, unit_id)
    history: list[UnitChangeBody] = [change_body(one) for one in await _queries(request).history(unit_id)]
    return UnitDetailBody(**unit_body(view, request.app.state.unit_labels), history=history)


@router.get("/v1/seller/units/{unit_id}/label", response_class=Response, responses=_LABEL)
async def read_seller_unit_label(unit_id: Id, request: Request, subject: _StockReader) -> Response:
    """The QR code for the box, as SVG; it leads to the public page of the passport."""
    view = await _own(request, subject, unit_id)
    labels: Labels = request.app.state.unit_labels
    headers = {"Cache-Control": "private, max-age=86400", "Content-Security-Policy": "default-src 'none'"}
    return Response(labels.label(view.unit.check_code, view.title), headers=headers, media_type=_SVG)


async def _own(request: Request, subject: Subject, unit_id: Id) -> UnitView:
    view = await _queries(request).one(subject.company_id, unit_id)
    if view is None:
        raise UnitNotFound(id=str(unit_id))
    return view


def _queries(request: Request) -> UnitQueries:
    queries: UnitQueries = request.app.state.unit_queries
    return queries


def _storable(text: str | None) -> str | None:
    # NUL cannot be asked of PostgreSQL.
    return text.replace("\x00", " ") if text else None
