"""The composition root of orders: the only file where ports meet adapters."""

from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.executor import Executor
from chassis.db.timer_loop import Errands, Handlers
from chassis.kernel.ids import Id
from chassis.policy_files import load_markets
from chassis.runner import Service
from chassis.settings import Settings
from chassis.web.acts import look_at
from chassis.web.auth import keys_from
from chassis.web.http import make_client
from chassis.web.personal_data import confirmations, personal_data_router
from orders.api import (
    address_changes,
    approvals,
    buyer_trust,
    carrier_webhooks,
    carts,
    deliveries,
    figures,
    internal,
    many_shipments,
    orders,
    packing,
    seller_orders,
    spending,
)
from orders.api.waiters import Waiters
from orders.clients.avoided_emissions import avoided_emissions
from orders.clients.cart_looks import CatalogLooks, look_at_cart
from orders.clients.estimates import ask_estimate
from orders.clients.market_files import MarketFiles
from orders.clients.parties import fetch_party
from orders.clients.purchase_orders import PAPERS_AT_ONCE, make_purchase_order
from orders.clients.seller_papers import PrintedSellerPapers
from orders.messaging.inbound import handlers
from orders.messaging.outbound import TOPICS, outbound
from orders.settings import OrdersSettings
from orders.storage.carts import CartQueries
from orders.storage.figures import OrderFigures
from orders.storage.personal_data import PERSONAL_DATA
from orders.storage.queries import OrderQueries
from orders.storage.read_ahead import read_for
from orders.storage.spending import SpendingReports
from orders.storage.unit_of_work import OrdersUnitOfWork
from orders.use_cases.answer_address_change import AnswerAddressChange, answer_address_change
from orders.use_cases.apply_carrier_message import ApplyCarrierMessage, apply_carrier_message
from orders.use_cases.ask_address_change import ADDRESS_ANSWER
from orders.use_cases.check_limits import APPROVAL_LAPSE
from orders.use_cases.clear_vat import ClearVat, clear_vat
from orders.use_cases.end_paid_part import ACCEPTANCE_LAPSE, CANCELLATION_LAPSE
from orders.use_cases.expire_hold import ExpireHold, expire_hold
from orders.use_cases.judge_silence import JudgeSilence, judge_silence
from orders.use_cases.lapse_acceptance import LapseAcceptance, lapse_acceptance
from orders.use_cases.lapse_approval import LapseApproval, lapse_approval
from orders.use_cases.lapse_cancellation import LapseCancellation, lapse_cancellation
from orders.use_cases.mark_late import LATE_SHIPMENT_TIMER, MarkLate, mark_late
from orders.use_cases.move_parcel import SILENCE
from orders.use_cases.ports import CartLooks, Rules
from orders.use_cases.remind_buyer import RemindBuyer, remind_buyer
from orders.use_cases.save_cart import LOOK_AT_CART

MIGRATIONS = Path(__file__).parent / "storage" / "migrations"
ROUTERS = (
    orders.router,
    carts.router,
    approvals.router,
    seller_orders.router,
    carrier_webhooks.router,
    deliveries.router,
    address_changes.router,
    internal.router,
    figures.router,
    spending.router,
    packing.router,
    many_shipments.router,
    buyer_trust.router,
)


def build(settings: Settings) -> Service:
    """The service, ready to run."""
    own = OrdersSettings.of(settings)
    http = make_client()
    looks = CatalogLooks(http, settings.catalog_url, settings.internal_token)
    wiring = Wiring(MarketFiles(load_markets(settings.markets_dir)), own.carrier_webhook_secret, looks)
    return Service(
        name="orders",
        description="Orders, the payment hold, purchase orders and shipments",
        settings=settings,
        migrations=MIGRATIONS,
        make_uow=wiring.unit_of_work,
        prefetch=read_for,
        outbound=outbound,
        topics_out=TOPICS,
        routers=(*ROUTERS, personal_data_router(PERSONAL_DATA)),
        keys=lambda executor: keys_from(http, settings.accounts_url),
        inbound=handlers(),
        deadlines=deadlines(),
        errands=lambda executor: {
            LOOK_AT_CART: look_at_cart(executor, looks),
            **_errands(executor, http, settings, own),
        },
        errands_at_once=PAPERS_AT_ONCE,
        state=wiring.state,
        looks={"company_id": look_at("trust", ("tier",), ("reason",))},
    )


class Wiring:
    """What ties the consumer's commits to the requests that wait for them: both live in one process."""

    def __init__(self, rules: Rules, carrier_webhook_secret: str, looks: CartLooks) -> None:
        self._rules = rules
        self._looks = looks
        self._secret = carrier_webhook_secret
        self._waiters: Waiters | None = None

    def unit_of_work(self, connection: AsyncConnection) -> OrdersUnitOfWork:
        """A unit of work that rings the bell of this process."""
        return OrdersUnitOfWork(connection, self._rules, self._ring)

    def state(self, executor: Executor[Any]) -> dict[str, Any]:
        """What the routes find on the application."""
        queries = OrderQueries(executor.engine)
        self._waiters = Waiters(queries.settled)
        return {
            "queries": queries,
            "carts": CartQueries(executor.engine),
            "cart_looks": self._looks,
            "figures": OrderFigures(executor.engine),
            "rules": self._rules,
            "spending": SpendingReports(executor.engine),
            "avoided_emissions": avoided_emissions(),
            "seller_papers": PrintedSellerPapers(),
            "waiters": self._waiters,
            "carrier_webhook_secret": self._secret,
        }

    def _ring(self, order_id: Id) -> None:
        if self._waiters is not None:
            self._waiters.ring(order_id)


def deadlines() -> Handlers[Any]:
    """Timer kind → what happens when it is due."""
    return {
        "hold_expiry": lambda timer: partial(expire_hold, ExpireHold(timer.key)),
        "hold_reminder": lambda timer: partial(
            remind_buyer, RemindBuyer(timer.key, timer.payload["after_business_days"])
        ),
        APPROVAL_LAPSE: lambda timer: partial(lapse_approval, LapseApproval(timer.key)),
        ACCEPTANCE_LAPSE: lambda timer: partial(lapse_acceptance, LapseAcceptance(timer.key)),
        CANCELLATION_LAPSE: lambda timer: partial(lapse_cancellation, LapseCancellation(timer.key)),
        LATE_SHIPMENT_TIMER: lambda timer: partial(mark_late, MarkLate(timer.key)),
        "vat_hold": lambda timer: partial(clear_vat, ClearVat(timer.key)),
        ADDRESS_ANSWER: lambda timer: partial(answer_address_change, AnswerAddressChange(timer.key)),
        SILENCE: lambda timer: partial(judge_silence, JudgeSilence(timer.key)),
        "carrier_message": lambda timer: partial(apply_carrier_message, ApplyCarrierMessage(timer.key)),
    }


def _errands(executor: Executor[Any], http: Any, settings: Settings, own: OrdersSettings) -> Errands:
    return {
        "fetch_party": fetch_party(executor, http, settings.accounts_url, settings.internal_token),
        "check_limits": ask_estimate(executor, http, settings.catalog_url, settings.internal_token),
        "make_purchase_order": make_purchase_order(executor, own.psp_name),
        **confirmations("orders", http, settings.accounts_url, settings.internal_token),
    }
