"""The composition root: where the catalogue's ports meet their adapters."""

from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.api import categories, estimates, offers, seller_offers
from catalog.clients.market_files import MarketFiles
from catalog.messaging.inbound import handlers
from catalog.messaging.outbound import TOPICS, outbound
from catalog.settings import Settings
from catalog.storage.queries import CatalogQueries
from catalog.storage.read_ahead import read_for
from catalog.storage.unit_of_work import CatalogUnitOfWork
from chassis.policy_files import load_markets
from chassis.runner import Service
from chassis.web.auth import keys_from
from chassis.web.http import make_client

MIGRATIONS = Path(__file__).parent / "storage" / "migrations"
# A push of 5,000 lines is the largest body.
BODY_MAX_BYTES = 10 * 1024 * 1024
DESCRIPTION = "Products, offers, stock, reservations and search."
ROUTERS = (categories.router, offers.router, seller_offers.router, estimates.router)


def build(settings: Settings) -> Service:
    """The service, ready to run."""
    rulebook = MarketFiles(load_markets(settings.markets_dir))
    client = make_client()

    def make_uow(connection: AsyncConnection) -> CatalogUnitOfWork:
        return CatalogUnitOfWork(connection, rulebook)

    def state(executor: Any) -> dict[str, Any]:
        return {"queries": CatalogQueries(executor.engine), "rulebook": rulebook}

    return Service(
        name="catalog",
        description=DESCRIPTION,
        settings=settings,
        migrations=MIGRATIONS,
        make_uow=make_uow,
        prefetch=read_for,
        outbound=outbound,
        topics_out=TOPICS,
        routers=ROUTERS,
        keys=lambda executor: keys_from(client, settings.accounts_url),
        inbound=handlers(),
        state=state,
        body_max_bytes=BODY_MAX_BYTES,
    )
