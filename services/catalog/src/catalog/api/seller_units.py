"""A seller's devices: passports pushed as NDJSON, listed, read with their history, and the label for the box."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from catalog.api.pushes import active_seller, answer_lines, lines_in, lines_out, sent_lines
from catalog.api.unit_lines import read_unit_lines, result_line
from catalog.api.unit_schemas import UnitBody, UnitChangeBody, UnitDetailBody, UnitLine, UnitLineResult
from catalog.api.unit_views import change_body, unit_body
from catalog.domain.unit import UnitState
from catalog.domain.unit_errors import UnitNotFound
from catalog.use_cases.ports_units import Labels, UnitQueries, UnitView
from catalog.use_cases.push_units import PushUnits, push_units
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.text import SEARCHED
from chassis.web.writes import Write

router = APIRouter(tags=["seller units"])

_StockReader = Annotated[Subject, require("stock:read")]
_StockWriter = Annotated[Subject, require("stock:write")]

_SVG = "image/svg+xml"
_LABEL: dict[int | str, dict[str, Any]] = {
    200: {"description": "The QR code", "content": {_SVG: {"schema": {"type": "string"}}}}
}


@router.patch(
    "/v1/seller/units",
    name="push_seller_units",
    openapi_extra=lines_in(UnitLine, "device"),
    responses=lines_out(UnitLineResult),
    response_class=Response,
)
async def push_seller_units(request: Request, write: Write, subject: _StockWriter) -> Response:
    """Create and change passports of your devices, a batch at a time.

    Lines that cannot be applied are reported by number and do not keep the others out. Where a device comes twice, the last
    line wins. A device that another seller holds is `unit_held_elsewhere`. What left with a parcel is not described any more
    until it is back.
    """
    lines = read_unit_lines(await sent_lines(request))
    await active_seller(request, subject)
    labels: Labels = request.app.state.unit_labels
    work = partial(push_units, PushUnits(subject.company_id, lines))
    return await answer_lines(write, subject, work, lambda result: result_line(result, labels.check_url))


@router.get("/v1/seller/units")
async def list_seller_units(
    request: Request,
    paging: Paging,
    subject: _StockReader,
    sku: Annotated[str | None, Query(max_length=120, description="Only units of this SKU"), SEARCHED] = None,
    state: UnitState | None = None,
    number: Annotated[str | None, Query(max_length=60, description="The IMEI or serial"), SEARCHED] = None,
    updated_since: Annotated[
        AwareDatetime | None, Query(description="Only what changed at or after this instant")
    ] = None,
) -> Page[UnitBody]:
    """Your devices in the order of their last change."""
    found = await _queries(request).of_seller(
        subject.company_id,
        sku,
        state,
        number,
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
