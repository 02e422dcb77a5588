"""The read side: search with facets, one offer, a seller's own offers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.domain.seller import Seller, SellerState
from catalog.storage.reader import Reader
from catalog.storage.rows import offer_of, stock_of, stocked_offers
from catalog.storage.search import (
    FACETS,
    LIKENESS,
    ONE_OFFER,
    PRODUCTS_ALIKE,
    PRODUCTS_MATCHING,
    PRODUCTS_NAMED_MAX,
    SearchTerms,
    query_of,
)
from catalog.storage.tables import offers, stock
from catalog.use_cases.ports import OfferFilter, OfferView, SellerOfferView
from chassis.kernel.ids import Id

FACET_VALUES_MAX = 50
_SELLER = "select id, state, markets, version from sellers where id = $1"


class CatalogQueries:
    """Each call is one short read on a connection of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reader = Reader(engine)

    async def search(
        self, wanted: OfferFilter, sort: str, limit: int, after: Sequence[str] | None
    ) -> tuple[list[OfferView], bool]:
        """A page in the order of `sort` after the key of the last hit seen, and whether more follow."""
        async with self._reader.lend() as driver:
            terms = SearchTerms(wanted, await _products(driver, wanted.q))
            rows = await driver.fetch(terms.page(sort, limit, after), *terms.arguments)
        return [OfferView(*row) for row in rows[:limit]], len(rows) > limit

    async def facets(self, wanted: OfferFilter) -> dict[str, list[tuple[str, int]]]:
        """How many of the hits there are per category, brand, grade and storage, most frequent first."""
        async with self._reader.lend() as driver:
            terms = SearchTerms(wanted, await _products(driver, wanted.q))
            rows = await driver.fetch(terms.facets(), *terms.arguments)
        facets: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
        for row in sorted(rows, key=lambda row: -row["hits"]):
            for name in FACETS:
                if row[name] is not None and len(facets[name]) < FACET_VALUES_MAX:
                    facets[name].append((row[name], row["hits"]))
        return facets

    async def offer(self, id: Id, market: str, price_country: str) -> OfferView | None:
        """One offer on sale in the market."""
        async with self._reader.lend() as driver:
            row = await driver.fetchrow(ONE_OFFER, id, market, price_country)
        return OfferView(*row) if row else None

    async def seller(self, id: Id) -> Seller | None:
        """A seller, as `accounts` last described it."""
        async with self._reader.lend() as driver:
            row = await driver.fetchrow(_SELLER, id)
        return Seller(row["id"], SellerState(row["state"]), tuple(row["markets"]), row["version"]) if row else None

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


async def _products(driver: Any, q: str | None) -> Sequence[Id] | str | None:
    """Products whose words begin with the words asked for; if there is none at all, those that look alike."""
    asked = query_of(q)
    if asked is None:
        return None
    query, words = asked
    found = await driver.fetch(PRODUCTS_MATCHING, query)
    if len(found) > PRODUCTS_NAMED_MAX:
        return query
    if not found:
        async with driver.transaction(readonly=True):
            await driver.execute("select set_config($1, $2, true)", *LIKENESS)
            found = await driver.fetch(PRODUCTS_ALIKE, words)
    return [row["id"] for row in found]
