"""A seller's own offers: pushed as NDJSON, listed with the figures of their stock."""

from functools import partial
from json.encoder import encode_basestring
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from catalog.api.ndjson import read_lines
from catalog.api.pushes import active_seller, answer_lines, line_text, lines_in, lines_out, sent_lines
from catalog.api.schemas import PushLine, PushLineResult, SellerOfferBody
from catalog.api.views import seller_offer_body
from catalog.use_cases.ports import CatalogQueries
from catalog.use_cases.push_offers import LineResult, PushOffers, push_offers
from chassis.kernel.ids import new_id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.text import SEARCHED
from chassis.web.writes import Write

router = APIRouter(tags=["seller offers"])

_StockReader = Annotated[Subject, require("stock:read")]
_StockWriter = Annotated[Subject, require("stock:write")]


@router.patch(
    "/v1/seller/offers",
    name="push_seller_offers",
    openapi_extra=lines_in(PushLine, "SKU"),
    responses=lines_out(PushLineResult),
    response_class=Response,
)
async def push_seller_offers(request: Request, write: Write, subject: _StockWriter) -> Response:
    """Create and change offers, a batch at a time.

    Lines that cannot be applied are reported by number and do not keep the others out. Where a SKU comes twice, the last
    line wins. A line older (`as_of`) than what is stored is answered `stale`. Units that open orders hold stay held when
    the count is lowered; what is then missing is the line's `shortage`.
    """
    lines = read_lines(await sent_lines(request))
    await active_seller(request, subject)
    work = partial(push_offers, PushOffers(subject.company_id, new_id(), lines))
    return await answer_lines(write, subject, work, result_line)


@router.get("/v1/seller/offers")
async def list_seller_offers(
    request: Request,
    paging: Paging,
    subject: _StockReader,
    sku: Annotated[str | None, Query(max_length=120, description="Only this SKU"), SEARCHED] = None,
    updated_since: Annotated[
        AwareDatetime | None, Query(description="Only what changed at or after this instant, sales and holds included")
    ] = None,
) -> Page[SellerOfferBody]:
    """Your offers in the order of their last change, each with its stock."""
    queries: CatalogQueries = request.app.state.queries
    views, more = await queries.seller_offers(subject.company_id, sku, updated_since, paging.limit, paging.after_moment)
    today = request.app.state.executor.clock.now().date()
    last = (views[-1].updated_at.isoformat(), views[-1].offer.id) if more else None
    return paging.page([seller_offer_body(view, today) for view in views], last)


def result_line(result: LineResult) -> str:
    """The answer to a line, as a line."""
    plain = result.problem is None and not result.shortage and result.changes is None
    if plain and result.offer_id is not None and result.sku is not None:
        # Nearly all lines of nearly all pushes.
        return (
            f'{{"line":{result.line},"sku":{encode_basestring(result.sku)},"status":"{result.status}",'
            f'"offer_id":"{result.offer_id}","available":{result.available}}}\n'
        )
    line: dict[str, Any] = {"line": result.line, "sku": result.sku, "status": result.status}
    if result.offer_id is not None:
        line |= {"offer_id": str(result.offer_id), "available": result.available}
    if result.shortage:
        line["shortage"] = result.shortage
    if result.changes is not None:
        line["changes"] = result.changes
    return line_text(line, result.problem)
