"""The read side: search with facets, one offer, a seller's own offers."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, select, text, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from catalog.domain.seller import Seller, SellerState
from catalog.storage.rows import offer_of, stock_of, stocked_offers
from catalog.storage.tables import offers, products, sellers, stock
from catalog.use_cases.ports import OfferFilter, OfferView, SellerOfferView
from chassis.kernel.ids import Id

FACETS = ("category", "brand", "grade", "storage")
FACET_VALUES_MAX = 50
# How alike a misspelt word must be; measured on device names: "iphnoe" meets "iPhone", "galxy" meets "Galaxy".
LIKENESS = "0.4"
_LIKE_ENOUGH = text("select set_config('pg_trgm.word_similarity_threshold', :likeness, true)")
_HAS_OWN_PRICES = offers.c.prices != text("'{}'::jsonb")
_HAS_NO_OWN_PRICES = offers.c.prices == text("'{}'::jsonb")


class CatalogQueries:
    """Each call is one short read on a connection of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def search(
        self, wanted: OfferFilter, sort: str, limit: int, after: Sequence[str] | None
    ) -> tuple[list[OfferView], bool]:
        """A page in the order of `sort` after the key of the last hit seen, and whether more follow."""
        async with self._engine.connect() as connection:
            found = await _product_filter(connection, wanted.q)
            # Most offers have one price for all countries. They are read in the order of an index on it; the few with
            # prices of their own are sorted, and the two short lists are merged.
            plain = _page(wanted, found, sort, limit, after, own_prices=False)
            priced = _page(wanted, found, sort, limit, after, own_prices=True)
            both = union_all(plain, priced).subquery()
            order = (both.c.price_minor, both.c.id) if sort == "price" else (both.c.id.desc(),)
            rows = await connection.execute(select(both).order_by(*order).limit(limit + 1))
            hits = [OfferView(**row) for row in rows.mappings().all()]
        return hits[:limit], len(hits) > limit

    async def facets(self, wanted: OfferFilter) -> dict[str, list[tuple[str, int]]]:
        """How many of the hits there are per category, brand, grade and storage, most frequent first."""
        columns = [offers.c[name] for name in FACETS]
        async with self._engine.connect() as connection:
            found = await _product_filter(connection, wanted.q)
            counted = (
                select(*columns, func.count().label("hits"))
                .select_from(_joined())
                .where(*_conditions(wanted, found, _price_in(wanted.price_country)))
                .where(_currency_in(wanted.price_country) == wanted.currency)
                .group_by(func.grouping_sets(*[tuple_(column) for column in columns]))
            )
            rows = (await connection.execute(counted)).mappings().all()
        facets: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
        for row in sorted(rows, key=lambda row: -row["hits"]):
            for name in FACETS:
                if row[name] is not None and len(facets[name]) < FACET_VALUES_MAX:
                    facets[name].append((row[name], row["hits"]))
        return facets

    async def offer(self, id: Id, market: str, price_country: str) -> OfferView | None:
        """One offer on sale in the market."""
        statement = _views(_price_in(price_country), _currency_in(price_country)).where(
            offers.c.id == id, *_on_sale(market)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(statement)).mappings().one_or_none()
        return OfferView(**row) if row else None

    async def seller(self, id: Id) -> Seller | None:
        """A seller, as `accounts` last described it."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(sellers).where(sellers.c.id == id))).one_or_none()
        return Seller(row.id, SellerState(row.state), tuple(row.markets), row.version) if row else None

    async def seller_offers(
        self, seller_id: Id, sku: str | None, updated_since: datetime | None, limit: int, after: Sequence[Any] | None
    ) -> tuple[list[SellerOfferView], bool]:
        """A seller's offers by the time of their last change, and whether more follow."""
        key = tuple_(stock.c.updated_at, offers.c.id)
        statement = stocked_offers().where(offers.c.seller_id == seller_id).order_by(stock.c.updated_at, offers.c.id)
        if sku is not None:
            statement = statement.where(offers.c.sku_key == sku.casefold())
        if updated_since is not None:
            statement = statement.where(stock.c.updated_at >= updated_since)
        if after is not None:
            statement = statement.where(key > tuple_(after[0], after[1]))
        async with self._engine.connect() as connection:
            rows = (await connection.execute(statement.limit(limit + 1))).mappings().all()
        views = [SellerOfferView(offer_of(row), stock_of(row), row["updated_at"]) for row in rows[:limit]]
        return views, len(rows) > limit


async def _product_filter(connection: AsyncConnection, q: str | None) -> ColumnElement[bool] | None:
    """Products whose words begin with the words asked for; if there is none at all, those that look alike."""
    words = re.findall(r"[^\W_]+", q or "")
    if not words:
        return None
    query = func.to_tsquery("simple", " & ".join(f"{word}:*" for word in words))
    match = products.c.search.op("@@")(query)
    if await connection.scalar(select(1).select_from(products).where(match).limit(1)):
        return offers.c.product_id.in_(select(products.c.id).where(match))
    await connection.execute(_LIKE_ENOUGH, {"likeness": LIKENESS})
    alike = products.c.title.op("%>")(" ".join(words))
    return offers.c.product_id.in_(select(products.c.id).where(alike))


def _page(
    wanted: OfferFilter,
    found: ColumnElement[bool] | None,
    sort: str,
    limit: int,
    after: Sequence[str] | None,
    *,
    own_prices: bool,
) -> Select[Any]:
    country = wanted.price_country
    price: ColumnElement[Any] = _price_in(country) if own_prices else offers.c.price_minor
    currency: ColumnElement[Any] = _currency_in(country) if own_prices else offers.c.currency
    statement = (
        _views(price, currency)
        .where(_HAS_OWN_PRICES if own_prices else _HAS_NO_OWN_PRICES)
        .where(*_conditions(wanted, found, price), currency == wanted.currency)
    )
    if sort == "price":
        statement = statement.order_by(price, offers.c.id)
        if after is not None:
            statement = statement.where(tuple_(price, offers.c.id) > tuple_(int(after[0]), Id(after[1])))
    else:
        statement = statement.order_by(offers.c.id.desc())
        if after is not None:
            statement = statement.where(offers.c.id < Id(after[0]))
    return statement.limit(limit + 1)


def _views(price: ColumnElement[Any], currency: ColumnElement[Any]) -> Select[Any]:
    return select(
        offers.c.id, offers.c.version, offers.c.seller_id, offers.c.sku, products.c.title, products.c.brand,
        products.c.model, products.c.category, products.c.storage, products.c.ram, products.c.color,
        products.c.launch_year, products.c.gtin, offers.c.grade, price.label("price_minor"),
        currency.label("currency"), stock.c.available, offers.c.paused, offers.c.vat_regime, offers.c.ship_from,
        offers.c.warranty_months, offers.c.battery_health_percent, offers.c.dispatch_business_days,
        offers.c.shipping_fee_minor, offers.c.shipping_fee_currency, offers.c.created_at,
    ).select_from(_joined().join(products, products.c.id == offers.c.product_id))  # fmt: skip


def _joined() -> Any:
    return offers.join(stock, stock.c.offer_id == offers.c.id).join(sellers, sellers.c.id == offers.c.seller_id)


def _on_sale(market: str) -> list[ColumnElement[bool]]:
    return [
        sellers.c.state == SellerState.ACTIVE.value,
        offers.c.paused.is_(False),
        offers.c.markets.contains([market]),
    ]


def _conditions(
    wanted: OfferFilter, found: ColumnElement[bool] | None, price: ColumnElement[Any]
) -> list[ColumnElement[bool]]:
    conditions = _on_sale(wanted.market)
    if found is not None:
        conditions.append(found)
    for name in ("category", "brand", "grade", "storage", "ship_from"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(offers.c[name] == value)
    if wanted.price_min is not None:
        conditions.append(price >= wanted.price_min)
    if wanted.price_max is not None:
        conditions.append(price <= wanted.price_max)
    if wanted.in_stock:
        conditions.append(stock.c.available > 0)
    return conditions


def _price_in(country: str) -> ColumnElement[Any]:
    own = cast(offers.c.prices[country][0].astext, BigInteger)
    return func.coalesce(own, offers.c.price_minor)


def _currency_in(country: str) -> ColumnElement[Any]:
    return func.coalesce(offers.c.prices[country][1].astext, offers.c.currency)
