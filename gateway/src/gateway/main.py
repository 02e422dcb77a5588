"""The composition root: the only file where the gateway's ports meet their adapters."""

from functools import partial
from pathlib import Path
from typing import Any

from chassis.db.executor import Executor
from chassis.kafka.live import LiveFacts
from chassis.policy_files import load_markets
from chassis.runner import Service
from chassis.settings import Settings
from chassis.web.acts import look_at
from chassis.web.auth import Keys, keys_from
from chassis.web.http import make_client
from chassis.web.personal_data import confirmations, personal_data_router
from gateway.api import audit_logs, card_pages, check_pages, events, figures, operator, pages, proxy, test_clock
from gateway.api.contract import public_document
from gateway.api.limits import RateLimits
from gateway.clients.card_links import PaymentLinks
from gateway.clients.clock_errand import ClockErrand
from gateway.clients.mail_desk import MailDesk
from gateway.clients.mail_errand import MailErrand
from gateway.clients.mail_server import MailServer
from gateway.clients.mail_sources import MailSources
from gateway.clients.market_files import zones
from gateway.clients.platform import RunningPlatform
from gateway.clients.services import Services
from gateway.clients.shared_reads import SharedReads
from gateway.clients.tokens import ApiKeys, EdgeVerifier
from gateway.clients.unit_checks import CatalogUnitChecks
from gateway.clients.upstream import HttpUpstream
from gateway.clients.wording import PageTexts
from gateway.messaging.inbound import handlers
from gateway.messaging.outbound import TOPICS, outbound
from gateway.settings import GatewaySettings
from gateway.storage.deliveries import DeliveryQueries
from gateway.storage.personal_data import PERSONAL_DATA
from gateway.storage.read_ahead import read_for
from gateway.storage.unit_of_work import GatewayUnitOfWork
from gateway.use_cases.prepare_deliveries import ERRAND as SEND_MAIL
from gateway.use_cases.start_advance import ERRAND as ADVANCE_CLOCK

# A seller's warehouse in one request; every service has its own, smaller limit for everything else.
BODY_MAX_BYTES = 10 * 1024 * 1024
# Nobody notices whether a mail leaves a quarter of a second sooner.
GATHER_SECONDS = 0.25
# What is written side by side shares its reads and its transactions.
MAILS_AT_ONCE = 16


def build(settings: Settings) -> Service:
    """Put the gateway together."""
    own = GatewaySettings.read(settings)
    client = make_client()
    urls = {
        "accounts": settings.accounts_url,
        "catalog": settings.catalog_url,
        "orders": settings.orders_url,
        "payments": settings.payments_url,
        "aftersales": settings.aftersales_url,
        "gateway": f"http://{settings.host}:{settings.port}",
    }
    services = Services(client, urls, settings.internal_token)
    facts = LiveFacts(settings.kafka, [f"{name}." for name in urls])
    api_keys = ApiKeys(client, settings.accounts_url, settings.internal_token)

    markets = load_markets(settings.markets_dir)
    mail_server = MailServer(own.smtp_host, own.smtp_port, own.smtp_username, own.smtp_password)

    def keys(executor: Executor[Any]) -> Keys:
        return keys_from(client, settings.accounts_url)

    def errands(executor: Executor[Any]) -> dict[str, Any]:
        clock = executor.clock
        shared = SharedReads(client, urls, settings.internal_token)
        sources = MailSources(shared, client, settings.internal_token, zones(markets, lambda: clock.now().date()))
        desk = MailDesk(sources, own.mail_from, settings.gateway_url, clock.now)
        told = confirmations("gateway", client, settings.accounts_url, settings.internal_token)
        mail = {SEND_MAIL: MailErrand(executor, DeliveryQueries(executor.engine), desk, mail_server), **told}
        if own.sandbox_url is None:
            return mail
        return {**mail, ADVANCE_CLOCK: ClockErrand(executor, RunningPlatform(services, client, own.sandbox_url))}

    def state(executor: Executor[Any]) -> dict[str, Any]:
        return {
            "client": client,
            "services": services,
            "upstream": HttpUpstream(),
            "facts": facts,
            "api_keys": api_keys,
            "verifier": EdgeVerifier(keys(executor), api_keys),
            "pages": PageTexts(own.sandbox_url),
            "card_links": PaymentLinks(services),
            "unit_checks": CatalogUnitChecks(services),
            "limits": RateLimits(own.rate_per_caller, own.rate_per_address_unsigned),
        }

    return Service(
        name="gateway",
        description="The edge of the platform: every path of every service, and the platform's own resources.",
        settings=settings,
        migrations=Path(__file__).parent / "storage" / "migrations",
        make_uow=GatewayUnitOfWork,
        prefetch=read_for,
        inbound=handlers(),
        gather_seconds=GATHER_SECONDS,
        outbound=outbound,
        topics_out=TOPICS,
        routers=[
            *([test_clock.router] if settings.sandbox_mode else []),
            *(operator.router, audit_logs.router, figures.router, events.router, pages.router, card_pages.router),
            check_pages.router,
            personal_data_router(PERSONAL_DATA),
        ],
        last_routers=[proxy.router],
        front=partial(proxy.Proxy, body_max_bytes=BODY_MAX_BYTES),
        keys=keys,
        errands=errands,
        errands_at_once=MAILS_AT_ONCE,
        state=state,
        on_stop=facts.close,
        body_max_bytes=BODY_MAX_BYTES,
        looks={"advance_id": look_at("advances", ("state", "target"))},
        openapi=public_document,
    )
