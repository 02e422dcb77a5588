"""The read side: search with facets, one offer, a seller's own offers."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.domain.comparisons import ONE_UNIT
from catalog.domain.offer import StockedOffer
from catalog.domain.seller import Seller
from catalog.storage.changes import ChangeLog
from catalog.storage.offers import stocked_with_ids
from catalog.storage.reader import Reader
from catalog.storage.rows import offer_of, stock_of, stocked_offers
from catalog.storage.search import OFFERS_NUMBERED, ONE_OFFER
from catalog.storage.sellers import seller_of
from catalog.storage.shelf import Key
from catalog.storage.shelf_keeper import FRESH_SECONDS, ShelfKeeper
from catalog.storage.tables import offers, stock
from catalog.storage.term_columns import NAMES as TERM_NAMES
from catalog.storage.term_columns import offer_view, terms_read
from catalog.storage.traders import TRADER, trader_of_row
from catalog.storage.words import words_of
from catalog.use_cases.ports import OfferDetail, OfferFilter, OfferView, SearchResult, SellerOfferView
from catalog.use_cases.ports_changes import ChangePage, FeedPosition
from chassis.db.together import Together
from chassis.kernel.ids import Id
from chassis.kernel.money import Money

_SELLERS = "select id, state, markets, version, ship_from from sellers where id = any($1)"


class CatalogQueries:
    """Each call is one short read on a connection of its own."""

    def __init__(self, engine: AsyncEngine, fresh_seconds: float = FRESH_SECONDS) -> None:
        self._engine = engine
        self._reader = Reader(engine)
        self._shelf = ShelfKeeper(self._reader, fresh_seconds)
        self._log = ChangeLog(self._reader)
        # Every push asks, before it waits for its turn.
        self._sellers = Together(self._read_sellers)

    def begin(self) -> None:
        """Prepare the search."""
        self._shelf.begin()

    async def search(
        self, wanted: OfferFilter, sort: str, limit: int, after: Key | None, *, counted: bool
    ) -> SearchResult:
        """See the port. What the shelf says is read anew: who is shown an offer sees it as it is now."""
        shelf = await self._shelf.fresh()
        words = words_of(wanted.q)
        hits = shelf.hits(wanted, await self._shelf.products(words) if words else None)
        keys = hits.page(sort, limit + 1, after)
        shown = keys[:limit]
        views: dict[int, OfferView] = {}
        if shown:
            numbers = [n for _, n in shown]
            async with self._reader.lend() as driver:
                rows = await driver.fetch(OFFERS_NUMBERED, numbers, wanted.market, wanted.price_country)
            views = {row[0]: offer_view(row[1:], wanted.price_country) for row in rows}
        found = [_priced(views[n], wanted.quantity) for _, n in shown if n in views]
        facets = hits.counts() if counted else None
        total = len(hits.all) if counted else None
        return SearchResult(found, shown[-1] if len(keys) > limit else None, facets, total)

    async def changes(
        self, market: str, price_country: str, after: FeedPosition | None, limit: int
    ) -> ChangePage | None:
        """See the port."""
        return await self._log.page(market, price_country, after, limit)

    async def offer(self, id: Id, market: str, price_country: str) -> OfferDetail | None:
        """One offer on sale in the market, with its terms."""
        async with self._reader.lend() as driver:
            row = await driver.fetchrow(ONE_OFFER, id, market, price_country)
            trader = await driver.fetchrow(TRADER, row["seller_id"]) if row else None
        if row is None:
            return None
        view = offer_view(row[: -len(TERM_NAMES)], price_country)
        price = Money(view.price_minor, view.currency)
        return OfferDetail(
            view,
            terms_read(row[-len(TERM_NAMES) :], price, {}),
            price_country,
            trader_of_row(trader) if trader else None,
        )

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
        return {row["id"]: seller_of(row) for row in rows}

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


def _priced(view: OfferView, quantity: int | None) -> OfferView:
    """The view with the price of so many units. Who wins is decided for one unit; of more nothing is known."""
    if quantity is not None and quantity > ONE_UNIT:
        view = replace(view, is_best_offer=None)
    fitting = [minor for least, minor in view.price_tiers if quantity is not None and least <= quantity]
    return replace(view, price_minor=fitting[-1]) if fitting else view
