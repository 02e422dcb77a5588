"""The composition root: where the catalogue's ports meet their adapters."""

import functools
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.api import offers, seller_offers
from catalog.domain.policies import MarketRules, rules_of
from catalog.messaging.inbound import handlers
from catalog.messaging.outbound import TOPICS, outbound
from catalog.settings import Settings
from catalog.storage.queries import CatalogQueries
from catalog.storage.unit_of_work import CatalogUnitOfWork
from chassis.policy_files import Markets, load_markets
from chassis.runner import Service
from chassis.web.auth import keys_from
from chassis.web.http import make_client

MIGRATIONS = Path(__file__).parent / "storage" / "migrations"
# A push of 5,000 lines is the largest body.
BODY_MAX_BYTES = 10 * 1024 * 1024
DESCRIPTION = "Products, offers, stock, reservations and search."


class FileRulebook:
    """The market rules of the files, as the catalogue reads them."""

    def __init__(self, markets: Markets) -> None:
        self._markets = markets
        self._rules: dict[str, MarketRules] = {}

    def of(self, market: str, day: date) -> MarketRules:
        """The rules in force; raises UnknownMarket or MarketNotOpen."""
        pack = self._markets.pack(market, day)
        if pack.version not in self._rules:
            self._rules[pack.version] = rules_of(pack)
        return self._rules[pack.version]

    def default_market(self) -> str:
        """The market of whoever names none."""
        return self._markets.default()


def build(settings: Settings) -> Service:
    """The service, ready to run."""
    rulebook = FileRulebook(load_markets(settings.markets_dir))

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
        outbound=outbound,
        topics_out=TOPICS,
        routers=[offers.router, seller_offers.router],
        keys=lambda executor: keys_from(_client(), settings.accounts_url),
        inbound=handlers(),
        state=state,
        body_max_bytes=BODY_MAX_BYTES,
    )


@functools.cache
def _client() -> Any:
    # Made on first use, inside the running loop.
    return make_client()
