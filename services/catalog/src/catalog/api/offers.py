"""Offers for buyers: search with facets, and one offer with an ETag."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request
from pydantic_core import to_json
from starlette.responses import Response

from catalog.api.schemas import AMOUNT_MAX, OfferBody, OfferDetailBody, OfferPage
from catalog.api.views import offer_detail_json, offer_json
from catalog.domain.errors import OfferNotFound
from catalog.domain.policies import MarketRules
from catalog.domain.product import Category
from catalog.use_cases.ports import CatalogQueries, OfferFilter, OfferView, Rulebook
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.problems import Problem

router = APIRouter(tags=["offers"])

_Reader = Annotated[Subject, require("catalog:read")]
Sort = Literal["price", "newest"]
_AskedMarket = Annotated[str | None, Query(max_length=40, description="For sellers and operators; a buyer has its own")]
_PriceCountry = Annotated[
    str | None, Query(pattern=r"^[A-Z]{2}$", description="Whose prices to show; the market's own country, if not given")
]
_Word = Query(min_length=1, max_length=120)
_Amount = Query(ge=0, le=AMOUNT_MAX, description="In minor units")


@router.get("/v1/offers", response_model=OfferPage)
async def search_offers(
    request: Request,
    paging: Paging,
    subject: _Reader,
    q: Annotated[str | None, Query(max_length=200, description="Words of the title; small typos are forgiven")] = None,
    category: Category | None = None,
    brand: Annotated[str | None, _Word] = None,
    grade: Annotated[str | None, _Word] = None,
    storage: Annotated[str | None, _Word] = None,
    ship_from: Annotated[str | None, Query(pattern=r"^[A-Z]{2}$")] = None,
    price_min: Annotated[int | None, _Amount] = None,
    price_max: Annotated[int | None, _Amount] = None,
    in_stock: Annotated[bool, Query(description="Only what can be bought now")] = False,
    sort: Annotated[Sort, Query(description="Cheapest first, or newest first")] = "price",
    facets: Annotated[bool, Query(description="Count the hits by category, brand, grade and storage")] = False,
    market: _AskedMarket = None,
    price_country: _PriceCountry = None,
    currency: Annotated[str | None, Query(pattern=r"^[A-Z]{3}$", description="Only prices in this currency")] = None,
) -> Response:
    """Offers on sale in your market."""
    rules = _rules(request, subject, market)
    country = _price_country(rules, price_country)
    wanted = OfferFilter(
        market=rules.market,
        price_country=country,
        currency=currency or rules.currency_in(country),
        # NUL cannot be asked of PostgreSQL.
        q=q.replace("\x00", " ") if q else None,
        category=category,
        brand=_storable(brand),
        grade=_storable(grade),
        storage=_storable(storage),
        ship_from=ship_from,
        price_min=price_min,
        price_max=price_max,
        in_stock=in_stock,
    )
    queries: CatalogQueries = request.app.state.queries
    found = await queries.search(wanted, sort, paging.limit, _position(sort, paging.after), counted=facets)
    page: Page[OfferBody] = paging.page((), _key(sort, found.hits[-1]) if found.more else None)
    answer = {
        "items": [offer_json(hit) for hit in found.hits],
        "next_cursor": page.next_cursor,
        "facets": None if found.facets is None else _facets(found.facets),
    }
    return Response(to_json(answer), headers=paging.headers, media_type="application/json")


@router.get("/v1/offers/{offer_id}", response_model=OfferDetailBody, responses={304: {"description": "Not changed"}})
async def read_offer(
    request: Request,
    offer_id: Id,
    subject: _Reader,
    market: _AskedMarket = None,
    price_country: _PriceCountry = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """One offer on sale in your market; its ETag changes with its terms and with its stock."""
    rules = _rules(request, subject, market)
    queries: CatalogQueries = request.app.state.queries
    detail = await queries.offer(offer_id, rules.market, _price_country(rules, price_country))
    if detail is None:
        raise OfferNotFound(id=str(offer_id))
    body = to_json(offer_detail_json(detail, _today(request)))
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if if_none_match is not None and _names(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def _rules(request: Request, subject: Subject, asked: str | None) -> MarketRules:
    rulebook: Rulebook = request.app.state.rulebook
    own = subject.market if subject.kind == "buyer" else None
    if own is not None and asked is not None and asked != own:
        raise Problem(403, "market_not_yours", "Your company buys in another market", market=own)
    return rulebook.of(own or asked or subject.market or rulebook.default_market(), _today(request))


def _today(request: Request) -> date:
    today: date = request.app.state.executor.clock.now().date()
    return today


def _price_country(rules: MarketRules, asked: str | None) -> str:
    if asked is not None and asked not in rules.price_countries:
        raise Problem(
            422,
            "country_not_served",
            "The market has no prices for this country",
            countries=list(rules.price_countries),
        )
    return asked or rules.default_price_country()


def _storable(text: str | None) -> str | None:
    return text.replace("\x00", " ") if text else None


def _key(sort: Sort, last: OfferView) -> Sequence[object]:
    return (sort, last.price_minor, last.id) if sort == "price" else (sort, last.id)


def _position(sort: Sort, after: Sequence[str] | None) -> Sequence[str] | None:
    """The key behind the sort's name; a cursor of another order would skip hits without a word."""
    if after is None:
        return None
    wanted = 3 if sort == "price" else 2
    try:
        if len(after) != wanted or after[0] != sort:
            raise ValueError("a cursor of another order")
        Id(after[-1])
        if sort == "price" and not 0 < int(after[1]) <= AMOUNT_MAX:
            raise ValueError("no price")
    except ValueError as error:
        raise Problem(422, "cursor_invalid", "This cursor was not made by us") from error
    return after[1:]


def _facets(counts: Mapping[str, Sequence[tuple[str, int]]]) -> dict[str, list[dict[str, Any]]]:
    return {name: [{"value": value, "count": count} for value, count in values] for name, values in counts.items()}


def _names(header: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return etag in tags or "*" in tags
