"""The composition root: the only file where the ports of aftersales meet their adapters."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from aftersales.api import cases, coverages
from aftersales.clients.market_files import MarketFiles
from aftersales.clients.sellers import fetch_seller
from aftersales.messaging import inbound
from aftersales.messaging.outbound import TOPICS, outbound
from aftersales.settings import Settings
from aftersales.storage.personal_data import PERSONAL_DATA
from aftersales.storage.queries import CoverageQueries
from aftersales.storage.read_ahead import read_for
from aftersales.storage.unit_of_work import AftersalesUnitOfWork
from aftersales.use_cases.close_claim_window import CloseClaimWindow, close_claim_window
from aftersales.use_cases.expire_case import expire_case
from aftersales.use_cases.move_case import REMEDY
from aftersales.use_cases.open_case import SEND_BY
from aftersales.use_cases.open_coverage import CLAIM_WINDOW
from aftersales.use_cases.ports import Markets
from aftersales.use_cases.ports_sellers import FETCH_SELLER
from aftersales.use_cases.run_out_case import run_out_case
from chassis.db.executor import Work
from chassis.db.timers import DueTimer
from chassis.policy_files import load_markets
from chassis.runner import Service
from chassis.web.acts import look_at
from chassis.web.auth import keys_from
from chassis.web.http import make_client
from chassis.web.personal_data import confirmations, personal_data_router

ROUTERS = (coverages.router, cases.router, cases.internal)
MIGRATIONS = Path(__file__).parent / "storage" / "migrations"


def deadlines_of(markets: Markets) -> Mapping[str, Callable[[DueTimer], Work[AftersalesUnitOfWork, Any]]]:
    """What happens when nobody did anything, by the name of its timer."""
    return {
        CLAIM_WINDOW: lambda timer: partial(close_claim_window, CloseClaimWindow(timer.key)),
        SEND_BY: lambda timer: partial(expire_case, timer.key),
        REMEDY: lambda timer: partial(run_out_case, timer.key, markets),
    }


# Coverages count in days: messages may gather for a moment.
GATHER_SECONDS = 0.1


def build(settings: Settings) -> Service:
    """Everything that makes the service."""
    client = make_client()
    markets = MarketFiles(load_markets(settings.markets_dir))
    return Service(
        name="aftersales",
        description="What a buyer may claim after delivery, until when, and what becomes of it",
        settings=settings,
        migrations=MIGRATIONS,
        make_uow=AftersalesUnitOfWork,
        prefetch=read_for,
        outbound=outbound,
        topics_out=TOPICS,
        routers=(*ROUTERS, personal_data_router(PERSONAL_DATA)),
        keys=lambda executor: keys_from(client, settings.accounts_url),
        inbound=inbound.handlers(markets),
        gather_seconds=GATHER_SECONDS,
        deadlines=deadlines_of(markets),
        errands=lambda executor: {
            FETCH_SELLER: fetch_seller(executor, client, settings.accounts_url, settings.internal_token),
            **confirmations("aftersales", client, settings.accounts_url, settings.internal_token),
        },
        state=lambda executor: {"queries": CoverageQueries(executor.engine), "markets": markets},
        looks={"case_id": look_at("cases", ("state", "remedy", "reason"))},
    )
