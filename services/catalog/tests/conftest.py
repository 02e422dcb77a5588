"""The catalogue on a real database, and its application with sign-ins of the test's own."""

import contextlib
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.clients.market_files import MarketFiles
from catalog.clients.unit_labels import UnitLabels
from catalog.domain.seller import Seller
from catalog.main import LARGE_BODIES, MIGRATIONS, ROUTERS
from catalog.messaging.outbound import outbound
from catalog.storage.buy_box_queries import BuyBoxQueries
from catalog.storage.import_queries import ImportQueries
from catalog.storage.offer_export import OfferExport
from catalog.storage.product_queries import ProductQueries
from catalog.storage.queries import CatalogQueries
from catalog.storage.quote_queries import QuoteQueries
from catalog.storage.read_ahead import read_for
from catalog.storage.unit_of_work import CatalogUnitOfWork
from catalog.storage.unit_queries import UnitQueries
from chassis.db.executor import Executor
from chassis.kernel.ids import Id
from chassis.policy_files import load_markets
from chassis.testing.clock import FakeClock
from chassis.testing.postgres import database
from chassis.testing.tokens import TestTokens
from chassis.web.app import make_app

from .builders import MARKETS, NOW, a_seller

INTERNAL = "internal token of the tests"
RULEBOOK = MarketFiles(load_markets(MARKETS))


class Catalog:
    """The service without a broker: commands go in through the executor, events are read from the outbox."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.clock = FakeClock(NOW)
        self.executor = Executor(
            engine, lambda c: CatalogUnitOfWork(c, RULEBOOK, RULEBOOK), outbound, self.clock, prefetch=read_for
        )
        # What was pushed is searched for at once.
        self.queries = CatalogQueries(engine, fresh_seconds=0)
        self.quote_queries = QuoteQueries(engine)

    async def admit(self, **changes: Any) -> Seller:
        """A seller that may publish."""
        seller = a_seller(**changes)
        await self.executor.run(lambda uow, now: uow.sellers.save(seller))
        return seller

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        """Rows of a query."""
        async with self.engine.connect() as connection:
            return list((await connection.execute(text(statement), values)).all())

    async def events(self, topic: str, aggregate_id: Id | None = None) -> list[Any]:
        """What was made public on a topic, in order."""
        rows = await self.rows(
            "select aggregate_id, type, seq, data from outbox where topic = :topic order by n", topic=topic
        )
        return [row for row in rows if aggregate_id in (None, row.aggregate_id)]


@contextlib.asynccontextmanager
async def a_catalog() -> AsyncIterator[Catalog]:
    """A running catalogue on a database of its own."""
    async with database(MIGRATIONS) as engine:
        running = Catalog(engine)
        await running.executor.start()
        yield running
        await running.executor.stop()


@pytest.fixture
async def catalog() -> AsyncIterator[Catalog]:
    async with a_catalog() as running:
        yield running


class Door:
    """The HTTP door, and who knocks."""

    def __init__(self, client: httpx.AsyncClient, tokens: TestTokens, catalog: Catalog) -> None:
        self.client = client
        self.tokens = tokens
        self.catalog = catalog

    async def push(
        self, seller: Seller, lines: Iterable[dict[str, Any] | str] | bytes, key: str | None = None, **headers: str
    ) -> httpx.Response:
        """PATCH a batch; a line may be given as text, so that it can be wrong."""
        if not isinstance(lines, bytes):
            lines = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()
        own = self.tokens.headers("seller", seller.id, "stock:write", market=None, key=key)
        return await self.client.patch(
            "/v1/seller/offers", content=lines, headers={"Content-Type": "application/x-ndjson", **own, **headers}
        )

    async def get(
        self, path: str, kind: str, company_id: Id, *scopes: str, own_market: str | None = "fr-pro", **params: Any
    ) -> httpx.Response:
        """GET as somebody."""
        headers = self.tokens.headers(kind, company_id, *scopes, market=own_market)
        return await self.client.get(path, headers=headers, params=params)


@contextlib.asynccontextmanager
async def a_door(catalog: Catalog) -> AsyncIterator[Door]:
    """The application as it runs, without its process."""
    app: FastAPI = make_app(title="catalog", description="", routers=ROUTERS, large_bodies=LARGE_BODIES)
    tokens = TestTokens()
    app.state.executor = catalog.executor
    app.state.verifier = tokens.verifier
    app.state.queries = catalog.queries
    app.state.quote_queries = catalog.quote_queries
    app.state.product_queries = ProductQueries(catalog.engine)
    app.state.unit_queries = UnitQueries(catalog.engine)
    app.state.unit_labels = UnitLabels("https://market.example")
    app.state.buy_box_queries = BuyBoxQueries(catalog.engine)
    app.state.rulebook = RULEBOOK
    app.state.imports = ImportQueries(catalog.engine)
    app.state.offer_export = OfferExport(catalog.engine)
    app.state.internal_token = INTERNAL
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://catalog") as client:
        yield Door(client, tokens, catalog)


@pytest.fixture
async def door(catalog: Catalog) -> AsyncIterator[Door]:
    async with a_door(catalog) as open_door:
        yield open_door


def results(response: httpx.Response) -> list[dict[str, Any]]:
    """The lines of an NDJSON answer."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in response.text.splitlines()]
