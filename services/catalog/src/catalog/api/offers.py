"""Offers for buyers: search with facets, and one offer with an ETag."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request
from pydantic_core import to_json
from starlette.responses import Response

from catalog.api.schemas import AMOUNT_MAX, QUANTITY_MAX, OfferBody, OfferDetailBody, OfferPage
from catalog.api.views import offer_detail_json, offer_json
from catalog.domain.errors import OfferNotFound
from catalog.domain.policies import MarketRules
from catalog.domain.product import Category
from catalog.use_cases.ports import CatalogQueries, OfferFilter, Rulebook
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging, not_our_cursor
from chassis.web.problems import Problem
from chassis.web.text import SEARCHED

router = APIRouter(tags=["offers"])

# Numbers of offers are sets of 32 bits.
NUMBER_MAX = 2**32 - 1

Reader = Annotated[Subject, require("catalog:read")]
Sort = Literal["price", "newest", "battery", "warranty", "dispatch"]
AskedMarket = Annotated[str | None, Query(max_length=40, description="For sellers and operators; a buyer has its own")]
AskedPriceCountry = Annotated[
    str | None, Query(pattern=r"^[A-Z]{2}$", description="Whose prices to show; the market's own country, if not given")
]
_AnyOf = Query(max_length=20, description="One of these; name it several times")
_Names = Annotated[list[Annotated[str, Query(min_length=1, max_length=120)]] | None, _AnyOf]
_Amount = Query(ge=0, le=AMOUNT_MAX, description="In minor units")


@router.get("/v1/offers", response_model=OfferPage)
async def search_offers(
    request: Request,
    paging: Paging,
    subject: Reader,
    q: Annotated[
        str | None, Query(max_length=200, description="Words of the title; small typos are forgiven"), SEARCHED
    ] = None,
    category: Annotated[list[Category] | None, _AnyOf] = None,
    brand: _Names = None,
    grade: _Names = None,
    storage: _Names = None,
    ram: _Names = None,
    color: _Names = None,
    ship_from: Annotated[list[Annotated[str, Query(pattern=r"^[A-Z]{2}$")]] | None, _AnyOf] = None,
    seller: Annotated[list[Id] | None, _AnyOf] = None,
    price_min: Annotated[int | None, _Amount] = None,
    price_max: Annotated[int | None, _Amount] = None,
    battery_min: Annotated[int | None, Query(ge=1, le=100, description="Battery health in percent")] = None,
    warranty_min: Annotated[int | None, Query(ge=1, le=240, description="Months of warranty")] = None,
    dispatch_max: Annotated[int | None, Query(ge=0, le=60, description="Business days until it leaves")] = None,
    in_stock: Annotated[bool, Query(description="Only what can be bought now")] = False,
    quantity: Annotated[
        int | None,
        Query(
            ge=1, le=QUANTITY_MAX, description="Only what can be bought so many times at once, at the price of so many"
        ),
    ] = None,
    sort: Annotated[
        Sort,
        Query(description="Cheapest, newest, best battery, longest warranty, or soonest dispatched first"),
    ] = "price",
    facets: Annotated[
        bool,
        Query(description="Count the hits by facet; a facet's own filter does not restrict its own counts"),
    ] = False,
    market: AskedMarket = None,
    price_country: AskedPriceCountry = None,
    currency: Annotated[str | None, Query(pattern=r"^[A-Z]{3}$", description="Only prices in this currency")] = None,
) -> Response:
    """Offers on sale in your market."""
    rules = rules_of(request, subject, market)
    country = price_country_of(rules, price_country)
    wanted = OfferFilter(
        market=rules.market,
        price_country=country,
        currency=currency or rules.currency_in(country),
        q=q,
        facets={
            "category": category or (),
            "brand": brand or (),
            "grade": _in_all_words(rules, grade or ()),
            "storage": storage or (),
            "ram": ram or (),
            "color": color or (),
            "ship_from": ship_from or (),
            "seller_id": seller or (),
        },
        price_min=price_min,
        price_max=price_max,
        in_stock=in_stock,
        quantity=quantity,
        battery_min=battery_min,
        warranty_min=warranty_min,
        dispatch_max=dispatch_max,
    )
    queries: CatalogQueries = request.app.state.queries
    found = await queries.search(wanted, sort, paging.limit, _position(sort, paging.after), counted=facets)
    page: Page[OfferBody] = paging.page((), (sort, *found.following) if found.following else None)
    answer = {
        "items": [offer_json(hit, rules) for hit in found.hits],
        "next_cursor": page.next_cursor,
        "facets": None if found.facets is None else _facets(found.facets, rules),
        "total": found.total,
    }
    return Response(to_json(answer), headers=paging.headers, media_type="application/json")


@router.get("/v1/offers/{offer_id}", response_model=OfferDetailBody, responses={304: {"description": "Not changed"}})
async def read_offer(
    request: Request,
    offer_id: Id,
    subject: Reader,
    market: AskedMarket = None,
    price_country: AskedPriceCountry = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """One offer on sale in your market; its ETag changes with its terms and with its stock."""
    rules = rules_of(request, subject, market)
    queries: CatalogQueries = request.app.state.queries
    detail = await queries.offer(offer_id, rules.market, price_country_of(rules, price_country))
    if detail is None:
        raise OfferNotFound(id=str(offer_id))
    body = to_json(offer_detail_json(detail, rules, _today(request)))
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if if_none_match is not None and _names(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def rules_of(request: Request, subject: Subject, asked: str | None) -> MarketRules:
    """Those of the market that is asked for, which for a buyer is its own."""
    rulebook: Rulebook = request.app.state.rulebook
    own = subject.market if subject.kind == "buyer" else None
    if own is not None and asked is not None and asked != own:
        raise Problem(403, "market_not_yours", "Your company buys in another market", market=own)
    return rulebook.of(own or asked or subject.market or rulebook.default_market(), _today(request))


def _today(request: Request) -> date:
    today: date = request.app.state.executor.clock.now().date()
    return today


def price_country_of(rules: MarketRules, asked: str | None) -> str:
    """The country whose prices are shown."""
    if asked is not None and asked not in rules.price_countries:
        raise Problem(
            422,
            "country_not_served",
            "The market has no prices for this country",
            countries=list(rules.price_countries),
        )
    return asked or rules.default_price_country()


def _position(sort: Sort, after: Sequence[str] | None) -> tuple[int, int] | None:
    """The key behind the sort's name; a cursor of another order would skip hits without a word."""
    if after is None:
        return None
    try:
        order, value, n = after
        if order != sort or not 0 <= int(value) <= AMOUNT_MAX or not 0 < int(n) <= NUMBER_MAX:
            raise ValueError("not of this list")
        return int(value), int(n)
    except ValueError as error:
        raise not_our_cursor() from error


def _in_all_words(rules: MarketRules, grades: Sequence[str]) -> Sequence[str]:
    """An offer keeps the word its seller used, which may be that of another market for the same grade."""
    return tuple(dict.fromkeys(word for grade in grades for word in rules.words_for(rules.grade(grade) or grade)))


def _facets(counts: Mapping[str, Sequence[tuple[str, int]]], rules: MarketRules) -> dict[str, list[dict[str, Any]]]:
    told = {**counts, "grade": _in_own_words(rules, counts.get("grade", ()))}
    return {name: [{"value": value, "count": count} for value, count in values] for name, values in told.items()}


def _in_own_words(rules: MarketRules, counted: Sequence[tuple[str, int]]) -> Sequence[tuple[str, int]]:
    found: Counter[str] = Counter()
    for word, count in counted:
        found[rules.grade(word) or word] += count
    return found.most_common()


def _names(header: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return etag in tags or "*" in tags
