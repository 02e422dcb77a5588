"""The read side: search with facets, one offer, a seller's own offers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.domain.offer import StockedOffer
from catalog.domain.seller import Seller, SellerState
from catalog.storage.offers import stocked_with_ids
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
from catalog.storage.term_columns import NAMES as TERM_NAMES
from catalog.storage.term_columns import offer_view, terms_read
from catalog.use_cases.ports import OfferDetail, OfferFilter, SearchResult, SellerOfferView
from chassis.db.together import Together
from chassis.kernel.ids import Id
from chassis.kernel.money import Money

FACET_VALUES_MAX = 50
_SELLERS = "select id, state, markets, version from sellers where id = any($1)"


class CatalogQueries:
    """Each call is one short read on a connection of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reader = Reader(engine)
        # Every push asks, before it waits for its turn.
        self._sellers = Together(self._read_sellers)

    async def search(
        self, wanted: OfferFilter, sort: str, limit: int, after: Sequence[str] | None, *, counted: bool
    ) -> SearchResult:
        """A page in the order of `sort` after the key of the last hit seen and, if wished, the facets."""
        async with self._reader.lend() as driver:
            products = await _products(driver, wanted.q)
            terms = SearchTerms(wanted, products)
            rows = await driver.fetch(terms.page(sort, limit, after), *terms.arguments)
            if counted:
                counts = SearchTerms(wanted, products)
                groups = await driver.fetch(counts.facets(), *counts.arguments)
        facets = _facets(groups) if counted else None
        return SearchResult([offer_view(row, wanted.price_country) for row in rows[:limit]], len(rows) > limit, facets)

    async def offer(self, id: Id, market: str, price_country: str) -> OfferDetail | None:
        """One offer on sale in the market, with its terms."""
        async with self._reader.lend() as driver:
            row = await driver.fetchrow(ONE_OFFER, id, market, price_country)
        if row is None:
            return None
        view = offer_view(row[: -len(TERM_NAMES)], price_country)
        price = Money(view.price_minor, view.currency)
        return OfferDetail(view, terms_read(row[-len(TERM_NAMES) :], price, {}), price_country)

    async def stocked(self, ids: Collection[Id]) -> list[StockedOffer]:
        """Offers with their figures of the moment, unlocked; those that exist."""
        async with self._engine.connect() as connection:
            return await stocked_with_ids(connection, ids)

    async def seller(self, id: Id) -> Seller | None:
        """A seller, as `accounts` last described it."""
        return await self._sellers.find(id)

    async def _read_sellers(self, ids: Collection[Id]) -> dict[Id, Seller]:
        async with self._reader.lend() as driver:
            rows = await driver.fetch(_SELLERS, list(ids))
        return {
            row["id"]: Seller(row["id"], SellerState(row["state"]), tuple(row["markets"]), row["version"])
            for row in rows
        }

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


def _facets(groups: Sequence[Any]) -> dict[str, list[tuple[str, int]]]:
    facets: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
    for row in sorted(groups, key=lambda row: -row["hits"]):
        for name in FACETS:
            if row[name] is not None and len(facets[name]) < FACET_VALUES_MAX:
                facets[name].append((row[name], row["hits"]))
    return facets


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
