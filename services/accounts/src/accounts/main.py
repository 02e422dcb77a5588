"""The composition root: the only file where the ports of accounts meet their adapters."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from accounts.api import (
    activations,
    api_keys,
    change_requests,
    closures,
    company,
    email_changes,
    exports,
    internal,
    invitations,
    jwks,
    market_list,
    me,
    oauth,
    operator,
    operator_companies,
    operator_people,
    operator_sellers,
    passwords,
    people,
    personal_data,
    purchasing,
    second_factor,
    second_signatures,
    seller_documents,
    sellers,
    sessions,
    sign_ins,
    sign_ups,
)
from accounts.api.looks import LOOKS
from accounts.api.state import Doors
from accounts.clients.authenticators import SealedAuthenticators
from accounts.clients.ceremonies import WebauthnCeremonies, place_of
from accounts.clients.closure_errand import finish_closing
from accounts.clients.email_change_errand import grant_asked_change
from accounts.clients.erasure_errand import raise_alarm
from accounts.clients.export_errand import HolderClient, gather_export
from accounts.clients.file_reader import SafeFileReader
from accounts.clients.mail_wish_errand import mail_wishes
from accounts.clients.market_files import MarketFiles
from accounts.clients.open_business import OpenBusinessClient
from accounts.clients.passwords import Argon2Passwords
from accounts.clients.retention_errand import look_at_retention
from accounts.clients.tokens import SignedTokens
from accounts.clients.vat_errand import check_vat_number
from accounts.clients.vies import ViesClient
from accounts.domain.challenges import Challenges
from accounts.domain.file_types import FILE_MAX_BYTES
from accounts.domain.known_devices import KnownDevices
from accounts.domain.link_tokens import LinkPurpose, LinkTokens
from accounts.domain.mandates import current_mandate
from accounts.domain.platform import OPERATOR_USER
from accounts.domain.refresh_tokens import RefreshTokens
from accounts.domain.revocation import MATTERS_FOR
from accounts.domain.session import Lifetimes, SignInRules
from accounts.messaging import inbound
from accounts.messaging.outbound import TOPICS, outbound
from accounts.settings import AccountsSettings
from accounts.storage.queries import AccountQueries
from accounts.storage.signing_keys import SigningKeyStore
from accounts.storage.unit_of_work import AccountsUnitOfWork
from accounts.use_cases.ask_for_export import GATHER_EXPORT
from accounts.use_cases.ask_for_mandate import AskForMandate, SuspendForMandate, ask_for_mandate, suspend_for_mandate
from accounts.use_cases.ask_register import CHECK_VAT_NUMBER
from accounts.use_cases.ask_tax_data import AskTaxData, ask_tax_data
from accounts.use_cases.begin_closing import CLOSE_COMPANY
from accounts.use_cases.begin_erasure import WATCH_ERASURE
from accounts.use_cases.complete_export import FORGET_EXPORT
from accounts.use_cases.erase_company import FORGET_EVIDENCE
from accounts.use_cases.expire_document import ExpireDocument, RemindOfDocument, expire_document, remind_of_document
from accounts.use_cases.find_document import DOCUMENT_EXPIRY, DOCUMENT_REMINDER
from accounts.use_cases.forget_evidence import ForgetEvidence, forget_evidence
from accounts.use_cases.forget_export import ForgetExport, forget_export
from accounts.use_cases.forget_mandate_renewal import MANDATE_DUE
from accounts.use_cases.forget_question import APPLICATION_LAPSE, INFO_REMINDER
from accounts.use_cases.forget_tax_request import TAX_DATA_DUE, TAX_DATA_REMINDER
from accounts.use_cases.hold_payouts import HoldPayouts, hold_payouts
from accounts.use_cases.lapse_application import LapseApplication, lapse_application
from accounts.use_cases.ports import Checks
from accounts.use_cases.remind_of_tax_data import RemindOfTaxData, remind_of_tax_data
from accounts.use_cases.remind_seller import RemindSeller, remind_seller
from accounts.use_cases.request_email_change import GRANT_EMAIL_CHANGE
from accounts.use_cases.seed_platform import SeedPlatform, seed_platform
from accounts.use_cases.sign_payout_change import LAPSE_SIGNATURE, lapse_signature
from accounts.use_cases.weigh_retention import WEIGH_RETENTION
from chassis.db.executor import Executor
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.policy_files import load_markets
from chassis.runner import Service
from chassis.settings import Settings
from chassis.web.auth import Keys
from chassis.web.http import make_client

ROUTERS = (
    market_list.router,
    sign_ups.router,
    activations.router,
    passwords.router,
    email_changes.router,
    sign_ins.router,
    sessions.router,
    second_factor.router,
    oauth.router,
    me.router,
    company.router,
    change_requests.router,
    people.router,
    purchasing.router,
    purchasing.internal,
    invitations.router,
    invitations.acceptances,
    api_keys.router,
    sellers.router,
    seller_documents.router,
    seller_documents.operator_router,
    operator.router,
    operator_companies.router,
    second_signatures.router,
    operator_sellers.router,
    operator_people.router,
    jwks.router,
    internal.router,
    personal_data.router,
    personal_data.operators,
    personal_data.internal,
    closures.router,
    closures.operators,
    exports.router,
)
MIGRATIONS = Path(__file__).parent / "storage" / "migrations"


def build(settings: Settings) -> Service:
    """Everything that makes the service."""
    own = AccountsSettings.read(settings)
    markets = load_markets(settings.markets_dir)
    passwords = Argon2Passwords()

    client = make_client()
    business = OpenBusinessClient(
        client,
        {"orders": settings.orders_url, "payments": settings.payments_url, "aftersales": settings.aftersales_url},
        settings.internal_token,
    )
    holders = HolderClient(
        client,
        {
            "catalog": settings.catalog_url,
            "orders": settings.orders_url,
            "payments": settings.payments_url,
            "aftersales": settings.aftersales_url,
            "gateway": settings.gateway_url,
        },
        settings.internal_token,
    )

    def doors(executor: Executor[Any]) -> Doors:
        return Doors(
            executor=executor,
            queries=AccountQueries(executor.engine),
            markets=MarketFiles(markets),
            directory=MarketFiles(markets),
            files=SafeFileReader(),
            business=business,
            passwords=passwords,
            tokens=_tokens(executor),
            activation_tokens=LinkTokens(settings.internal_token, LinkPurpose.ACTIVATION),
            password_tokens=LinkTokens(settings.internal_token, LinkPurpose.PASSWORD),
            email_tokens=LinkTokens(settings.internal_token, LinkPurpose.EMAIL),
            known_devices=KnownDevices(settings.internal_token),
            refresh_tokens=RefreshTokens(settings.internal_token),
            rules=SignInRules(Lifetimes(own.session_idle, own.session_longest), own.factor_needed_by),
            challenges=Challenges(settings.internal_token),
            checks=Checks(
                SealedAuthenticators(settings.internal_token), WebauthnCeremonies(place_of(settings.gateway_url))
            ),
            invitation_tokens=LinkTokens(settings.internal_token, LinkPurpose.INVITATION),
            signatures_live=own.signatures_live,
        )

    async def seed(executor: Executor[Any]) -> None:
        home = markets.pack(markets.default(), executor.clock.now().date())
        operator_user = await AccountQueries(executor.engine).user(OPERATOR_USER)
        kept = operator_user.password_hash if operator_user else None
        fits = kept is not None and await passwords.matches(own.operator_password, kept)
        command = SeedPlatform(
            name="Regrade",
            country=home.text("identity.country"),
            language=home.texts("identity.languages")[0],
            email=own.operator_email,
            password_hash=None if fits else await passwords.hash(own.operator_password),
            operator_key=own.operator_api_key,
            auditor_key=own.auditor_api_key,
            at=real_now(),
        )
        await executor.run(partial(seed_platform, command))
        version = current_mandate().version
        for seller in await AccountQueries(executor.engine).sellers_to_ask(version):
            if seller.tax is None:
                await executor.run(partial(ask_tax_data, AskTaxData(seller.id), MarketFiles(markets)))
            await executor.run(partial(ask_for_mandate, AskForMandate(seller.id, version), MarketFiles(markets)))

    def errands(executor: Executor[Any]) -> dict[str, Any]:
        vies = ViesClient(make_client(), own.sandbox_url, own.vies_requester)
        return {
            CHECK_VAT_NUMBER: check_vat_number(vies, executor.run),
            GRANT_EMAIL_CHANGE: grant_asked_change(MarketFiles(markets), executor.run),
            WATCH_ERASURE: raise_alarm(executor.run),
            CLOSE_COMPANY: finish_closing(business, MarketFiles(markets), executor.run),
            WEIGH_RETENTION: look_at_retention(business, MarketFiles(markets), executor.run),
            GATHER_EXPORT: gather_export(AccountQueries(executor.engine), holders, executor.run),
            **mail_wishes(MarketFiles(markets), executor.run),
        }

    return Service(
        name="accounts",
        description="Companies, sellers, people, sign-in and keys",
        settings=settings,
        migrations=MIGRATIONS,
        make_uow=AccountsUnitOfWork,
        outbound=outbound,
        topics_out=TOPICS,
        routers=ROUTERS,
        # Nobody needs the network for keys of its own.
        keys=lambda executor: Keys(_tokens(executor).jwks),
        inbound=inbound.handlers(),
        errands=errands,
        deadlines={
            INFO_REMINDER: lambda timer: partial(remind_seller, RemindSeller(timer.key)),
            FORGET_EXPORT: lambda timer: partial(forget_export, ForgetExport(timer.key)),
            FORGET_EVIDENCE: lambda timer: partial(forget_evidence, ForgetEvidence(timer.key)),
            LAPSE_SIGNATURE: lambda timer: partial(lapse_signature, timer.key),
            APPLICATION_LAPSE: lambda timer: partial(lapse_application, LapseApplication(timer.key)),
            DOCUMENT_REMINDER: lambda timer: partial(
                remind_of_document, RemindOfDocument(Id(timer.payload["seller_id"]), timer.key)
            ),
            DOCUMENT_EXPIRY: lambda timer: partial(
                expire_document, ExpireDocument(Id(timer.payload["seller_id"]), timer.key)
            ),
            TAX_DATA_REMINDER: lambda timer: partial(
                remind_of_tax_data, RemindOfTaxData(timer.key), MarketFiles(markets)
            ),
            TAX_DATA_DUE: lambda timer: partial(hold_payouts, HoldPayouts(timer.key)),
            MANDATE_DUE: lambda timer: partial(
                suspend_for_mandate, SuspendForMandate(timer.key, current_mandate().version)
            ),
        },
        state=lambda executor: {"doors": doors(executor)},
        large_bodies={"/v1/sellers/me/documents": FILE_MAX_BYTES},
        looks=LOOKS,
        revocations=lambda executor: partial(_revocations, executor),
        on_start=seed,
    )


async def _revocations(executor: Executor[Any]) -> list[tuple[Id, datetime]]:
    kept = await AccountQueries(executor.engine).revocations(real_now() - MATTERS_FOR)
    return [(one.subject_id, one.at) for one in kept]


def _tokens(executor: Executor[Any]) -> SignedTokens:
    return SignedTokens(SigningKeyStore(executor.engine).keys)
