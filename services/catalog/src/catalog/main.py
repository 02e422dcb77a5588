"""The composition root: where the catalogue's ports meet their adapters."""

from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.api import (
    buy_box,
    categories,
    estimates,
    imports,
    line_terms,
    offer_changes,
    offer_tables,
    offers,
    operator_products,
    quote_requests,
    seller_offers,
    seller_units,
    unit_checks,
)
from catalog.api.csv_lines import read_part
from catalog.clients.buy_box_chore import BuyBoxChore
from catalog.clients.import_errand import ImportErrand
from catalog.clients.market_files import MarketFiles
from catalog.clients.quote_papers import make_quote_paper
from catalog.clients.trader_errand import fetch_trader
from catalog.clients.unit_labels import UnitLabels
from catalog.messaging.inbound import handlers
from catalog.messaging.outbound import TOPICS, outbound
from catalog.settings import Settings
from catalog.storage.buy_box_queries import BuyBoxQueries
from catalog.storage.buyer_holds import UnitsOnSale
from catalog.storage.import_queries import ImportQueries
from catalog.storage.offer_export import OfferExport
from catalog.storage.personal_data import PERSONAL_DATA
from catalog.storage.product_queries import ProductQueries
from catalog.storage.queries import CatalogQueries
from catalog.storage.quote_queries import QuoteQueries
from catalog.storage.read_ahead import read_for
from catalog.storage.unit_of_work import CatalogUnitOfWork
from catalog.storage.unit_queries import UnitQueries
from catalog.use_cases.ask_for_quotes import ROUND_END
from catalog.use_cases.cancel_import import LapseImport, lapse_import
from catalog.use_cases.close_round import EndRound, end_round
from catalog.use_cases.expire_quotes import AWARD_LAPSE, QUOTE_EXPIRY, ExpireQuotes, expire_quotes
from catalog.use_cases.forget_import import ForgetImport, forget_import
from catalog.use_cases.ports_traders import FETCH_TRADER
from catalog.use_cases.prepare_quote_paper import MAKE_QUOTE_PAPER
from catalog.use_cases.receive_import import FORGET_IMPORT, RUN_IMPORT
from catalog.use_cases.start_import import LAPSE_IMPORT
from chassis.db.timer_loop import Errands, Handlers
from chassis.policy_files import load_markets
from chassis.runner import Service
from chassis.web.acts import look_at
from chassis.web.auth import keys_from
from chassis.web.http import make_client
from chassis.web.personal_data import confirmations, personal_data_router

MIGRATIONS = Path(__file__).parent / "storage" / "migrations"
# What comes line by line or as a table: a push of 5,000 lines, a file.
LARGE_BODIES = dict.fromkeys(("/v1/seller/offers", "/v1/seller/units", "/v1/seller/imports"), 10 * 1024 * 1024)
DESCRIPTION = "Products, offers, stock, reservations and search."
# What is new among offers is no offer called "changes".
ROUTERS = (
    categories.router,
    operator_products.router,
    seller_units.router,
    unit_checks.router,
    offer_changes.router,
    offers.router,
    # Before what has an id in its place.
    offer_tables.router,
    seller_offers.router,
    imports.router,
    estimates.router,
    line_terms.router,
    quote_requests.router,
    quote_requests.internal,
    buy_box.router,
)


def build(settings: Settings) -> Service:
    """The service, ready to run."""
    rulebook = MarketFiles(load_markets(settings.markets_dir))
    client = make_client()
    on_sale = UnitsOnSale()

    def make_uow(connection: AsyncConnection) -> CatalogUnitOfWork:
        return CatalogUnitOfWork(connection, rulebook, rulebook, on_sale)

    @cache
    def queries_of(executor: Any) -> CatalogQueries:
        return CatalogQueries(executor.engine)

    async def prepare(executor: Any) -> None:
        queries_of(executor).begin()

    def state(executor: Any) -> dict[str, Any]:
        return {
            "queries": queries_of(executor),
            "quote_queries": QuoteQueries(executor.engine),
            "product_queries": ProductQueries(executor.engine),
            "unit_queries": UnitQueries(executor.engine),
            "unit_labels": UnitLabels(settings.gateway_url),
            "rulebook": rulebook,
            "imports": ImportQueries(executor.engine),
            "offer_export": OfferExport(executor.engine),
            "buy_box_queries": BuyBoxQueries(executor.engine),
        }

    def errands(executor: Any) -> Errands:
        return {
            FETCH_TRADER: fetch_trader(executor, client, settings.accounts_url, settings.internal_token),
            **confirmations("catalog", client, settings.accounts_url, settings.internal_token),
            MAKE_QUOTE_PAPER: make_quote_paper(executor, client, settings.accounts_url, settings.internal_token),
            RUN_IMPORT: ImportErrand(executor, ImportQueries(executor.engine), read_part),
        }

    return Service(
        name="catalog",
        description=DESCRIPTION,
        settings=settings,
        migrations=MIGRATIONS,
        make_uow=make_uow,
        prefetch=read_for,
        outbound=outbound,
        topics_out=TOPICS,
        routers=(*ROUTERS, personal_data_router(PERSONAL_DATA)),
        keys=lambda executor: keys_from(client, settings.accounts_url),
        inbound=handlers(),
        errands=errands,
        deadlines=deadlines(),
        state=state,
        on_start=prepare,
        chores=lambda executor: {"buy boxes": BuyBoxChore(executor).run},
        large_bodies=LARGE_BODIES,
        looks={"product_id": look_at("products", ("state", "facts", "title", "merged_into"))},
    )


def deadlines() -> Handlers[Any]:
    """Timer kind → what happens when it is due."""
    return {
        ROUND_END: lambda timer: partial(end_round, EndRound(timer.key)),
        QUOTE_EXPIRY: lambda timer: partial(expire_quotes, ExpireQuotes(timer.key)),
        AWARD_LAPSE: lambda timer: partial(expire_quotes, ExpireQuotes(timer.key)),
        LAPSE_IMPORT: lambda timer: partial(lapse_import, LapseImport(timer.key)),
        FORGET_IMPORT: lambda timer: partial(forget_import, ForgetImport(timer.key)),
    }
