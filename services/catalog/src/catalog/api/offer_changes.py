"""The change feed: what a buyer's own system must know to keep up with the offers of its market."""

import base64
import binascii
import json
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import Response

from catalog.api.offers import AskedMarket, AskedPriceCountry, Reader, price_country_of, rules_of
from catalog.api.schemas import OfferBody
from catalog.api.views import offer_json
from catalog.use_cases.ports_changes import ChangePage, FeedPosition, OfferChanges
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.web.pages import not_our_cursor
from chassis.web.problems import Problem

router = APIRouter(tags=["offers"])

LIMIT_DEFAULT = 100
LIMIT_MAX = 200
# The log is kept for a day longer.
KEPT = timedelta(days=29)


class OfferChangeBody(BaseModel):
    """An offer that changed. `on_sale`: it is in your market as `offer` says. `gone`: it is not, or not any more."""

    id: Id
    state: Literal["on_sale", "gone"]
    offer: OfferBody | None


class OfferChangesPage(BaseModel):
    """Changes, oldest first, an offer once a page and as it is now. Send `next_cursor` as `after` next time, at once if there
    is `more`."""

    items: list[OfferChangeBody]
    next_cursor: str
    more: bool


@router.get(
    "/v1/offers/changes",
    response_model=OfferChangesPage,
    responses={410: {"description": "The cursor is too old: read all offers anew"}},
)
async def list_offer_changes(
    request: Request,
    subject: Reader,
    after: Annotated[
        str | None,
        Query(
            max_length=200, description="`next_cursor` of the page before; without it the page only says where you are"
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many offers at the most")] = LIMIT_DEFAULT,
    market: AskedMarket = None,
    price_country: AskedPriceCountry = None,
) -> Response:
    """What changed among the offers of your market: new ones, prices, terms, stock, and what went offline.

    Begin without `after` and keep the cursor; read all of `GET /v1/offers`; then follow with `after`. Nothing is left out,
    whatever was written at the same time.
    """
    rules = rules_of(request, subject, market)
    country = price_country_of(rules, price_country)
    changes: OfferChanges = request.app.state.queries
    page = await changes.changes(rules.market, country, _position(after, real_now()), limit)
    if page is None:
        raise _forgotten()
    answer = {
        "items": [
            {
                "id": str(one.id),
                "state": "on_sale" if one.offer else "gone",
                "offer": offer_json(one.offer, rules) if one.offer else None,
            }
            for one in page.changes
        ],
        "next_cursor": _cursor(page),
        "more": page.more,
    }
    return Response(to_json(answer), media_type="application/json")


def _cursor(page: ChangePage) -> str:
    at = page.position
    key = [at.xid, at.row, at.offset, int(page.at.timestamp())]
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def _position(after: str | None, now: datetime) -> FeedPosition | None:
    if after is None:
        return None
    try:
        xid, row, offset, at = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        if not all(type(part) is int and 0 <= part < 2**62 for part in (xid, row, offset, at)):
            raise ValueError("no position")
    except (binascii.Error, ValueError, TypeError) as error:
        raise not_our_cursor() from error
    if at < (now - KEPT).timestamp():
        raise _forgotten()
    return FeedPosition(xid, row, offset)


def _forgotten() -> Problem:
    return Problem(410, "changes_forgotten", "Changes that long ago are not kept: read all offers anew")
