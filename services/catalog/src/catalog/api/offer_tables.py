"""Tables of stock that go out: all offers of a seller, ready to be changed and sent back, and a template to begin with."""

import json
import typing
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from catalog.api.csv_columns import COLUMNS, CURRENCY, EXAMPLE, Column, Kind, column_of, without_none
from catalog.api.csv_out import CSV_TYPE, csv_headers, csv_row
from catalog.api.schemas import PushLine
from catalog.api.views import seller_offer_body
from catalog.domain.policies import MarketRules
from catalog.domain.product import Category
from catalog.use_cases.ports import CatalogQueries, Rulebook, SellerOfferView
from catalog.use_cases.ports_imports import ExportedOffer, OfferExport
from chassis.kernel.money import decimal_text
from chassis.web.auth import Subject, require

router = APIRouter(tags=["seller offers"])

_Reader = Annotated[Subject, require("stock:read")]
_CSV_OUT: dict[int | str, dict[str, Any]] = {
    200: {"description": "A table in UTF-8", "content": {CSV_TYPE: {"schema": {"type": "string"}}}}
}
# A word about one upload is no property of an offer.
_NOT_OF_OFFERS = frozenset({"confirm_price"})
_BETWEEN = "|"
_EXAMPLES: Mapping[Category, tuple[str, str, str | None, str | None]] = {
    Category.SMARTPHONE: ("Apple", "iPhone 13", "128GB", "389.00"),
    Category.TABLET: ("Samsung", "Galaxy Tab S8", "128GB", "329.00"),
    Category.LAPTOP: ("Lenovo", "ThinkPad T14 Gen 2", "512GB", "549.00"),
    Category.DESKTOP: ("HP", "EliteDesk 800 G6", "256GB", "299.00"),
    Category.MONITOR: ("Dell", "U2720Q", None, "219.00"),
    Category.WATCH: ("Apple", "Watch Series 7", None, "199.00"),
    Category.CONSOLE: ("Nintendo", "Switch OLED", "64GB", "229.00"),
    Category.ACCESSORY: ("Apple", "USB-C Power Adapter 20W", None, "12.50"),
}


@router.get("/v1/seller/offers.csv", responses=_CSV_OUT, response_class=Response)
async def export_seller_offers(request: Request, subject: _Reader) -> Response:
    """All your offers as a table. Uploaded again as it is, it changes nothing. `as_of` is the instant of each offer's newest
    line: whoever counts anew clears it, so that the count holds as of the upload."""
    export: OfferExport = request.app.state.offer_export
    columns = _with_countries(await export.countries(subject.company_id))
    today = request.app.state.executor.clock.now().date()

    async def lines() -> AsyncIterator[str]:
        yield csv_row([column.name for column in columns], first=True)
        async for page in export.pages(subject.company_id):
            yield "".join(csv_row(_cells(columns, one, today)) for one in page)

    return StreamingResponse(lines(), headers=csv_headers("offers.csv"), media_type=CSV_TYPE)


@router.get("/v1/seller/imports/template.csv", responses=_CSV_OUT, response_class=Response)
async def download_stock_template(request: Request, subject: _Reader) -> Response:
    """A table with every column and an example of each category that your first market takes; the examples are refused if
    they are uploaded."""
    queries: CatalogQueries = request.app.state.queries
    rulebook: Rulebook = request.app.state.rulebook
    seller = await queries.seller(subject.company_id)
    market = seller.markets[0] if seller and seller.markets else rulebook.default_market()
    rules = rulebook.of(market, request.app.state.executor.clock.now().date())
    columns = _with_countries(())
    rows = [[column.name for column in columns], *(_example(columns, category, rules) for category in _EXAMPLES)]
    body = "".join(csv_row(row, first=n == 0) for n, row in enumerate(rows))
    return Response(body, headers=csv_headers("stock-template.csv"), media_type=CSV_TYPE)


def _with_countries(countries: Sequence[str]) -> list[Column]:
    columns = [column for name, column in COLUMNS.items() if name not in (CURRENCY, *_NOT_OF_OFFERS)]
    after_price = [COLUMNS[CURRENCY], *(column for code in countries if (column := column_of(f"price_{code.lower()}")))]
    place = columns.index(COLUMNS["price"]) + 1
    return [*columns[:place], *after_price, *columns[place:]]


def _cells(columns: Sequence[Column], one: ExportedOffer, today: date) -> list[str]:
    view = SellerOfferView(one.offer, one.stock, one.updated_at)
    line = seller_offer_body(view, today).model_dump(mode="json")
    # Out of stock follows from the figures; a line says only what the seller wills.
    line["state"] = "paused" if one.offer.paused else "live"
    line["quantity"] = one.stock.counted - one.sold_between
    line["as_of"] = one.stock.as_of.isoformat()
    return [_cell(column, line) for column in columns]


def _cell(column: Column, line: Mapping[str, Any]) -> str:
    currency = line["price"]["currency"]
    if column.name == CURRENCY:
        return str(currency)
    value: Any = line
    for name in column.path:
        value = value.get(name) if isinstance(value, Mapping) else None
    if value is None:
        return ""
    match column.kind:
        case Kind.AMOUNT:
            text = decimal_text(value["amount"], value["currency"])
            return text if value["currency"] == currency else f"{text} {value['currency']}"
        case Kind.LIST:
            return _BETWEEN.join(value)
        case Kind.JSON:
            return _json(column, value)
        case _:
            return str(value)


def _json(column: Column, value: Any) -> str:
    # What nothing stands in was not sent, and what is overdue would be refused.
    if not value or (isinstance(value, list) and any(isinstance(one, dict) and one.get("overdue") for one in value)):
        return ""
    field = PushLine.model_fields[column.path[0]]
    return json.dumps(_as_sent(field.annotation, value), ensure_ascii=False)


def _as_sent(annotation: Any, value: Any) -> Any:
    """Only what a push line knows of it: what we show may say more."""
    annotation = without_none(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields
        return {name: _as_sent(fields[name].annotation, part) for name, part in value.items() if name in fields}
    parts = typing.get_args(annotation)
    if isinstance(value, list):
        return [_as_sent(parts[0], part) for part in value]
    if isinstance(value, dict):
        return {name: _as_sent(parts[1], part) for name, part in value.items()}
    return value


def _example(columns: Sequence[Column], category: Category, rules: MarketRules) -> list[str]:
    brand, model, storage, price = _EXAMPLES[category]
    days = (rules.dispatch_days_by_category or {}).get(category, 1)
    said = {
        "sku": f"{EXAMPLE}{category.upper()}",
        "brand": brand,
        "model": model,
        "category": str(category),
        "storage": storage,
        "grade": rules.grades[0],
        "price": price,
        CURRENCY: rules.currency,
        "quantity": "5",
        "vat_regime": "margin",
        "ship_from": rules.country,
        "warranty_months": str(rules.warranty_months),
        "battery_health_percent": "95",
        "dispatch_business_days": str(min(1, days)),
        "shipping_fee": "9.90",
        "state": "live",
    }
    return [said.get(column.name) or "" for column in columns]
