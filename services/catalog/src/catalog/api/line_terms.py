"""What each line of a saved cart would be today, by itself: for `orders`, whose buyers read their carts. Nothing is held."""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from catalog.api.estimates import EstimatedLineBody, EstimateRequest
from catalog.api.quote_schemas import ShippingBody
from catalog.domain.reservation import look
from catalog.use_cases.ports import CatalogQueries, Rulebook
from chassis.kernel.ids import Id
from chassis.web.internal import internal_caller

router = APIRouter(prefix="/internal", dependencies=[Depends(internal_caller)], include_in_schema=False)


class LineTodayBody(BaseModel):
    """`reason` says why the line cannot be had as it is asked for, as a reservation would; `terms` are null without a price."""

    line_no: int
    offer_id: Id
    available: int
    reason: str | None
    terms: EstimatedLineBody | None


class LineTermsBody(BaseModel):
    """All lines, and the shipping fees of the sellers of whom some line can be had."""

    lines: list[LineTodayBody]
    shipping: list[ShippingBody]


@router.post("/line-terms")
async def look_at_lines(body: EstimateRequest, request: Request) -> LineTermsBody:
    """One line that cannot be had hides nothing of the others, as it would in an estimate."""
    queries: CatalogQueries = request.app.state.queries
    rulebook: Rulebook = request.app.state.rulebook
    now: datetime = request.app.state.executor.clock.now()
    order = body.order()
    offers = {one.offer.id: one for one in await queries.stocked({line.offer_id for line in order.lines})}
    lines, fees = look(order, offers, rulebook.of(order.market, now.date()))
    return LineTermsBody(
        lines=[
            LineTodayBody(
                line_no=one.line_no,
                offer_id=one.offer_id,
                available=one.available,
                reason=one.reason,
                terms=EstimatedLineBody.of(one.terms) if one.terms else None,
            )
            for one in lines
        ],
        shipping=[ShippingBody.of(seller, fee) for seller, fee in fees],
    )
