"""The composition root: the only file where the ports of aftersales meet their adapters."""

from functools import partial
from pathlib import Path

from aftersales.api import coverages
from aftersales.clients.market_files import MarketFiles
from aftersales.messaging import inbound
from aftersales.messaging.outbound import TOPICS, outbound
from aftersales.settings import Settings
from aftersales.storage.queries import CoverageQueries
from aftersales.storage.unit_of_work import AftersalesUnitOfWork
from aftersales.use_cases.close_claim_window import CloseClaimWindow, close_claim_window
from aftersales.use_cases.open_coverage import CLAIM_WINDOW
from chassis.policy_files import load_markets
from chassis.runner import Service
from chassis.web.auth import keys_from
from chassis.web.http import make_client

ROUTERS = (coverages.router,)
MIGRATIONS = Path(__file__).parent / "storage" / "migrations"
DEADLINES = {CLAIM_WINDOW: lambda timer: partial(close_claim_window, CloseClaimWindow(timer.key))}

# Coverages count in days: messages may gather for a moment.
GATHER_SECONDS = 0.1


def build(settings: Settings) -> Service:
    """Everything that makes the service."""
    client = make_client()
    markets = MarketFiles(load_markets(settings.markets_dir))
    return Service(
        name="aftersales",
        description="What a buyer may claim after delivery, and until when",
        settings=settings,
        migrations=MIGRATIONS,
        make_uow=AftersalesUnitOfWork,
        outbound=outbound,
        topics_out=TOPICS,
        routers=ROUTERS,
        keys=lambda executor: keys_from(client, settings.accounts_url),
        inbound=inbound.handlers(markets),
        gather_seconds=GATHER_SECONDS,
        deadlines=DEADLINES,
        state=lambda executor: {"queries": CoverageQueries(executor.engine)},
    )
