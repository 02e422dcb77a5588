"""The composition root: the only file where the ports of payments meet their adapters."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from standardwebhooks import Webhook

from chassis.db.executor import Executor, Work
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.policy_files import load_markets
from chassis.runner import Service
from chassis.settings import Settings
from chassis.web.acts import look_at
from chassis.web.auth import keys_from
from chassis.web.http import make_client
from chassis.web.personal_data import confirmations, personal_data_router
from payments.api import (
    audit,
    card_payments,
    contests,
    figures,
    invoices,
    money_corrections,
    payments,
    refunds,
    sellers,
    webhooks,
)
from payments.clients.market_files import MarketFiles
from payments.clients.psp import PspClient
from payments.clients.services import AccountsClient, InternalClient, OrdersClient
from payments.clients.typesetter import DocumentTypesetter
from payments.domain.platform import Platform
from payments.messaging import inbound
from payments.messaging.outbound import TOPICS, outbound
from payments.settings import PaymentsSettings
from payments.storage.figures import LedgerFigures
from payments.storage.personal_data import PERSONAL_DATA
from payments.storage.queries import PaymentQueries
from payments.storage.read_ahead import read_for
from payments.storage.unit_of_work import PaymentsUnitOfWork
from payments.use_cases.advance_refund import advance_refund
from payments.use_cases.capture_shipment import capture_card
from payments.use_cases.check_card_payment import check_card_payment
from payments.use_cases.check_payout import check_payout
from payments.use_cases.check_refund import check_refund
from payments.use_cases.credit_units import CreditUnits, credit_units
from payments.use_cases.end_card_payment import end_card_payment
from payments.use_cases.expire_payment import confirm_unpaid
from payments.use_cases.fetch_party import fetch_party
from payments.use_cases.forget_invoices import ForgetInvoices, forget_invoices
from payments.use_cases.invoice_shipment import invoice_shipment
from payments.use_cases.keep_invoices import FORGET_INVOICES
from payments.use_cases.lapse_correction import lapse_correction
from payments.use_cases.let_go_of_rest import VOID_REST, void_card_rest
from payments.use_cases.move_released import move_released
from payments.use_cases.open_card_session import open_card_session
from payments.use_cases.open_psp_account import open_psp_account
from payments.use_cases.ports import Accounts, Orders, Psp, Run, Typesetter
from payments.use_cases.propose_correction import LAPSE
from payments.use_cases.receive_psp_event import retry_psp_event
from payments.use_cases.return_advance import return_advance
from payments.use_cases.return_unapplied import return_unapplied
from payments.use_cases.run_payouts import run_payouts
from payments.use_cases.send_payout import send_payout
from payments.use_cases.send_refund import send_refund
from payments.use_cases.store_invoice import store_invoice
from payments.use_cases.sweep_commission import sweep_commission

ROUTERS = (
    payments.router,
    card_payments.router,
    card_payments.internal_router,
    invoices.router,
    invoices.internal_router,
    contests.router,
    contests.operators,
    sellers.router,
    refunds.router,
    money_corrections.router,
    audit.router,
    webhooks.router,
    figures.router,
)
MIGRATIONS = Path(__file__).parent / "storage" / "migrations"
DEADLINES: Mapping[str, Callable[[DueTimer], Work[PaymentsUnitOfWork, Any]]] = {
    "return_unapplied": lambda timer: partial(return_unapplied, timer.key),
    LAPSE: lambda timer: partial(lapse_correction, timer.key),
    "advance_refund": lambda timer: partial(advance_refund, timer.key),
    FORGET_INVOICES: lambda timer: partial(forget_invoices, ForgetInvoices(timer.key)),
    "payout_run": lambda timer: partial(run_payouts, timer.payload["market"]),
}


def build(settings: Settings) -> Service:
    """Everything that makes the service."""
    own = PaymentsSettings.read(settings)
    rules = MarketFiles(load_markets(settings.markets_dir))
    platform = Platform(own.platform_name, own.platform_country, own.psp_name, settings.gateway_url)
    client = make_client()

    def make_uow(connection: AsyncConnection) -> PaymentsUnitOfWork:
        return PaymentsUnitOfWork(connection, rules, platform)

    def errands(executor: Executor[Any]) -> Mapping[str, Callable[[DueTimer], Awaitable[None]]]:
        told = confirmations("payments", client, settings.accounts_url, settings.internal_token)
        own_errands = errands_of(
            run=executor.run,
            psp=PspClient(make_client(timeout_seconds=10.0), own.psp_url, own.psp_api_key),
            accounts=AccountsClient(InternalClient(client, settings.accounts_url, settings.internal_token)),
            orders=OrdersClient(InternalClient(client, settings.orders_url, settings.internal_token)),
            typesetter=DocumentTypesetter(),
        )
        return {**own_errands, **told}

    return Service(
        name="payments",
        description="Payments, the ledger, escrow, invoices, payouts and refunds",
        settings=settings,
        migrations=MIGRATIONS,
        make_uow=make_uow,
        prefetch=read_for,
        outbound=outbound,
        topics_out=TOPICS,
        routers=(*ROUTERS, personal_data_router(PERSONAL_DATA)),
        keys=lambda executor: keys_from(client, settings.accounts_url),
        inbound=inbound.handlers(),
        deadlines=DEADLINES,
        errands=errands,
        state=lambda executor: {
            "queries": PaymentQueries(executor.engine),
            "figures": LedgerFigures(executor.engine),
            "psp_webhook": Webhook(own.psp_webhook_secret),
            "proposals_live": timedelta(days=own.second_signature_days),
        },
        looks={
            "correction_id": look_at("proposals", ("state", "kind", "subject_id", "terms", "decided_by")),
            "contest_id": look_at("contests", ("state", "reason", "dismissal", "corrected_id", "credit_note_id")),
        },
    )


def errands_of(
    run: Run, psp: Psp, accounts: Accounts, orders: Orders, typesetter: Typesetter
) -> Mapping[str, Callable[[DueTimer], Awaitable[None]]]:
    """Every call to the world outside, by the name of its timer."""

    async def open_account(timer: DueTimer) -> None:
        await open_psp_account(timer.key, run, psp)

    async def retry_event(timer: DueTimer) -> None:
        await run(partial(retry_psp_event, timer.key))

    async def recover(timer: DueTimer) -> None:
        amount = Money(timer.payload["amount_minor"], timer.payload["currency"])
        await return_advance(timer.key, Id(timer.payload["seller_id"]), amount, run, psp)

    return {
        "fetch_party": lambda timer: fetch_party(timer.key, timer.due_at, run, accounts),
        "open_psp_account": open_account,
        "confirm_unpaid": lambda timer: confirm_unpaid(timer.key, run, psp, orders),
        "retry_psp_event": retry_event,
        "send_refund": lambda timer: send_refund(timer.key, run, psp),
        "check_refund": lambda timer: check_refund(timer.key, run, psp),
        "invoice_shipment": lambda timer: invoice_shipment(timer.key, run, orders),
        "store_invoice": lambda timer: store_invoice(timer.key, run, typesetter),
        "credit_units": lambda timer: credit_units(CreditUnits.of(timer.key, timer.payload), run),
        "move_released": lambda timer: move_released(timer.key, run, psp),
        "recover_advance": recover,
        "send_payout": lambda timer: send_payout(timer.key, run, psp),
        "check_payout": lambda timer: check_payout(timer.key, run, psp),
        "open_card_session": lambda timer: open_card_session(timer.key, run, psp),
        "check_card_payment": lambda timer: check_card_payment(timer.key, run, psp, orders),
        "end_card_payment": lambda timer: end_card_payment(timer.key, run, psp, orders),
        VOID_REST: lambda timer: void_card_rest(timer.key, run, psp),
        "capture_card": lambda timer: capture_card(timer.key, run, psp),
        "sweep_commission": lambda timer: sweep_commission(timer.key, run, psp),
    }
