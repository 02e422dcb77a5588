"""A seller's own offers: pushed as NDJSON, listed with the figures of their stock."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from json.encoder import encode_basestring
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from starlette.responses import Response

from catalog.api.ndjson import LINES_MAX, MEDIA_TYPE, MEDIA_TYPES, read_lines, schema_of
from catalog.api.schemas import PushLine, PushLineResult, SellerOfferBody
from catalog.api.views import seller_offer_body
from catalog.domain.errors import SellerNotActive
from catalog.use_cases.ports import CatalogQueries
from catalog.use_cases.push_offers import LineResult, PushOffers, push_offers
from chassis.db.receipts import Answer, Receipt, StoredRefusal
from chassis.kernel.ids import Id, new_id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.problems import Problem
from chassis.web.writes import Write

router = APIRouter(tags=["seller offers"])

_StockReader = Annotated[Subject, require("stock:read")]
_StockWriter = Annotated[Subject, require("stock:write")]

_NDJSON_IN: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"One line per SKU, at most {LINES_MAX:,} lines of 64 kB and 10 MB in all",
        "content": {MEDIA_TYPE: {"schema": schema_of(PushLine)}},
    }
}
_NDJSON_OUT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One line per line that was sent, in order",
        "content": {MEDIA_TYPE: {"schema": schema_of(PushLineResult)}},
    }
}


@router.patch(
    "/v1/seller/offers",
    name="push_seller_offers",
    openapi_extra=_NDJSON_IN,
    responses=_NDJSON_OUT,
    response_class=Response,
)
async def push_seller_offers(request: Request, write: Write, subject: _StockWriter) -> Response:
    """Create and change offers, a batch at a time.

    Lines that cannot be applied are reported by number and do not keep the others out. Where a SKU comes twice, the last
    line wins. A line older (`as_of`) than what is stored is answered `stale`. Units that open orders hold stay held when
    the count is lowered; what is then missing is the line's `shortage`.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise Problem(415, "unsupported_media_type", "This media type is not understood here", f"Send {MEDIA_TYPE}")
    lines = read_lines(await request.body())
    queries: CatalogQueries = request.app.state.queries
    seller = await queries.seller(subject.company_id)
    if seller is None:
        # Asked here and again in the transaction: this refusal is not stored under the key, so that a seller whose
        # activation is on its way can try again.
        raise SellerNotActive(state="unknown")
    seller.must_be_active()
    command = PushOffers(subject.company_id, new_id(), lines)
    receipt = Receipt(subject.tenant, write.key, write.fingerprint)
    verdict = await write.executor.answer(partial(push_offers, command), receipt, _answer)
    if isinstance(verdict, StoredRefusal):
        raise verdict
    headers = {"Idempotent-Replayed": "true"} if verdict.replayed else {}
    return Response(verdict.body, verdict.status, headers, media_type=MEDIA_TYPE)


@router.get("/v1/seller/offers")
async def list_seller_offers(
    request: Request,
    paging: Paging,
    subject: _StockReader,
    sku: Annotated[str | None, Query(max_length=120, description="Only this SKU")] = None,
    updated_since: Annotated[
        AwareDatetime | None, Query(description="Only what changed at or after this instant, sales and holds included")
    ] = None,
) -> Page[SellerOfferBody]:
    """Your offers in the order of their last change, each with its stock."""
    queries: CatalogQueries = request.app.state.queries
    after = _position(paging.after)
    views, more = await queries.seller_offers(subject.company_id, sku, updated_since, paging.limit, after)
    today = request.app.state.executor.clock.now().date()
    last = (views[-1].updated_at.isoformat(), views[-1].offer.id) if more else None
    return paging.page([seller_offer_body(view, today) for view in views], last)


def _position(after: Sequence[str] | None) -> tuple[datetime, Id] | None:
    if after is None:
        return None
    try:
        changed_at, id = after
        return datetime.fromisoformat(changed_at), Id(id)
    except ValueError as error:
        raise Problem(422, "cursor_invalid", "This cursor was not made by us") from error


def _answer(results: Sequence[LineResult]) -> Answer:
    # Stored as text, so that a repeat gets the very same bytes.
    return Answer(200, "".join(result_line(result) for result in results))


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
    if problem := result.problem:
        line["problem"] = {"code": problem.code, "title": problem.title}
        if problem.detail:
            line["problem"]["detail"] = problem.detail
        if problem.errors:
            line["problem"]["errors"] = list(problem.errors)
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n"
