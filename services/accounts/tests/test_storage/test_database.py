"""Storage on a real PostgreSQL: nothing is lost on the way, and rivals do not meet."""

import asyncio
import base64
import json
import math
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from accounts.clients.tokens import SignedTokens
from accounts.domain.api_key import ApiKey
from accounts.domain.change_request import PayoutAccount, RequestState
from accounts.domain.document import DocumentKind, DocumentState
from accounts.domain.errors import (
    ChangeRequestOpen,
    CompanyNotFound,
    DocumentNotFound,
    EmailInUse,
    InvitationOpen,
    LastOwner,
    MarketHasItsSeller,
    TooManySignIns,
)
from accounts.domain.file_types import MediaType
from accounts.domain.mandates import current_mandate
from accounts.domain.owners import Owners
from accounts.domain.profile import ProfileChange
from accounts.domain.purchasing import CostCentre, Delegation, PurchasingRules, SpendingLimit
from accounts.domain.revocation import Revoked, new_revocation
from accounts.domain.scopes import Grant, Role
from accounts.domain.seller import Seller, SellerState
from accounts.domain.session import Device
from accounts.domain.signing import KEPT_AFTER, PUBLISHED_BEFORE, ROTATED_EVERY
from accounts.domain.tax_data import SellerNature, TaxData, TaxRequest
from accounts.domain.values import Contact, VatNumber
from accounts.storage.queries import AccountQueries
from accounts.storage.signing_keys import SigningKeyStore
from accounts.storage.tables import document_files, metadata, sign_in_attempts, vat_evidence
from accounts.storage.unit_of_work import AccountsUnitOfWork
from accounts.use_cases.apply_as_seller import apply_as_seller
from accounts.use_cases.approve_seller import ApproveSeller, approve_seller
from accounts.use_cases.ask_for_mandate import AskForMandate, ask_for_mandate
from accounts.use_cases.ask_tax_data import AskTaxData, ask_tax_data
from accounts.use_cases.begin_sign_in import BeginSignIn, SignInAttempt, begin_sign_in
from accounts.use_cases.complete_sign_in import CompleteSignIn, complete_sign_in
from accounts.use_cases.deactivate_person import DeactivatePerson, deactivate_person
from accounts.use_cases.invite_person import InvitePerson, invite_person
from accounts.use_cases.record_vat_answer import RecordVatAnswer, record_vat_answer
from accounts.use_cases.register_buyer import register_buyer
from accounts.use_cases.request_change import RequestChange, request_change
from accounts.use_cases.revoke_mandate import RevokeMandate, revoke_mandate
from accounts.use_cases.sign_mandate import SignMandate, sign_mandate
from accounts.use_cases.upload_document import UploadDocument, upload_document
from chassis.db.executor import Executor
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id, new_id
from chassis.testing.migrations import differences
from chassis.web.auth import Keys, Verifier
from services.accounts.tests.builders import (
    ADDRESS,
    CAMILLE,
    DEVICE,
    FRENCH_VAT,
    IBAN,
    REAL,
    SIGN_INS,
    SOURCE,
    KnownMarkets,
    a_change_request,
    a_company,
    a_document,
    a_mandate,
    a_seller,
    a_session,
    a_sign_up,
    a_user,
    an_active_user,
    an_application,
    an_email_change,
    an_invitation,
    some_details,
    valid,
)

pytestmark = pytest.mark.storage

Accounts = Executor[AccountsUnitOfWork]
MARKETS = KnownMarkets()
SELLING = {"kind": "seller", "market": None}


async def keep(executor: Accounts, repository: str, *aggregates: Any) -> None:
    async def add(uow: AccountsUnitOfWork, now: object) -> None:
        await getattr(uow, repository).add(*aggregates)

    await executor.run(add)


async def read(executor: Accounts, repository: str, id: Id) -> Any:
    async def get(uow: AccountsUnitOfWork, now: object) -> Any:
        return await getattr(uow, repository).get(id)

    return await executor.run(get)


async def test_the_migrations_make_exactly_the_tables_of_the_code(engine: AsyncEngine) -> None:
    assert await differences(engine, metadata) == []


async def test_what_is_kept_is_read_back_unchanged(executor: Accounts) -> None:
    company = a_company(vat_numbers=(VatNumber("FR", FRENCH_VAT, valid()), VatNumber("DE", "DE136695976")))
    pending = a_user(company_id=company.id)
    active = an_active_user(company_id=company.id, email="active@reparo.example")
    seller = a_seller(
        id=company.id,
        state=SellerState.ACTIVE,
        mandate=replace(a_mandate(), sha256="0" * 64, signed_by=active.id, revoked_at=REAL),
        reason="quality",
        answer="Here.",
        ship_from=("FR", "DE"),
        return_addresses=(replace(ADDRESS, country="DE"),),
        owners=Owners((), CAMILLE),
        tax=TaxData(SellerNature.INDIVIDUAL, "36574261809", "DE", ("FR",), date(1980, 4, 1), "Köln"),
        tax_request=TaxRequest(REAL, REAL + timedelta(days=60), 1),
        payouts_held=True,
        mandate_due_at=REAL,
    )
    rejected = a_change_request(
        company_id=company.id,
        version=2,
        state=RequestState.REJECTED,
        change=ProfileChange(
            legal_name="Reparo SA",
            address=company.address,
            contact_email="new@reparo.example",
            vat_numbers={"FR": FRENCH_VAT},
        ),
        decided_at=REAL,
        reason="proof_missing",
        next_step="Send it.",
        payout=PayoutAccount(IBAN, "Reparo SA"),
    )
    key = ApiKey(new_id(), 1, company.id, "buyer", "fr-pro", "ERP", frozenset({"a", "b"}), "hash", REAL, REAL)
    for repository, aggregate in (
        ("companies", company),
        ("users", pending),
        ("users", active),
        ("sellers", seller),
        ("api_keys", key),
        ("sessions", a_session(active, ended_at=REAL)),
        ("email_changes", an_email_change(active)),
        ("email_changes", an_email_change(active).grant("n0nce", timedelta(hours=72), REAL)),
        ("sessions", a_session(active, device=Device(None, None))),
        ("documents", a_document(seller.id, valid_until=REAL.date())),
        ("documents", a_document(seller.id, state=DocumentState.REFUSED, reason="unreadable", next_step="Again.")),
        ("change_requests", rejected),
        ("purchasing_rules", some_rules(company.id, pending.id, active.id)),
        ("invitations", an_invitation(company_id=company.id, role=Role.APPROVER)),
    ):
        await keep(executor, repository, aggregate)
        assert await read(executor, repository, aggregate.id) == aggregate


async def test_a_sign_up_leaves_its_event_in_the_outbox_and_its_errand(executor: Accounts) -> None:
    opened = await executor.run(partial(register_buyer, a_sign_up(), MARKETS))
    async with executor.engine.connect() as connection:
        outbox = (await connection.execute(text("select topic, type, aggregate_id, seq from outbox"))).all()
        errands = (await connection.execute(text("select kind, payload->>'number' from timers"))).all()
    assert [tuple(row) for row in outbox] == [
        ("accounts.company", "accounts.company.registered.v1", opened.company.id, 1)
    ]
    assert [tuple(row) for row in errands] == [("check_vat_number", FRENCH_VAT)]


async def test_of_many_sign_ups_with_one_address_at_once_one_counts_and_all_look_alike(executor: Accounts) -> None:
    sign_up = partial(register_buyer, a_sign_up(), MARKETS)
    results = await asyncio.gather(*[executor.run(sign_up) for _ in range(8)])
    assert sorted(result.is_new for result in results) == [False] * 7 + [True]
    assert len({result.company.id for result in results}) == 8
    async with executor.engine.connect() as connection:
        assert (await connection.execute(text("select count(*) from companies"))).scalar_one() == 1


async def test_the_database_itself_refuses_a_second_account_with_an_address(executor: Accounts) -> None:
    company = a_company()
    await keep(executor, "companies", company)
    await keep(executor, "users", a_user(company_id=company.id))
    with pytest.raises(EmailInUse):
        await keep(executor, "users", a_user(company_id=company.id))


async def test_applications_of_one_name_at_once_get_prefixes_of_their_own(executor: Accounts) -> None:
    applications = [
        an_application(details=some_details(contact=Contact("Kim", f"kim{n}@reparo.example"))) for n in range(8)
    ]
    await asyncio.gather(*[executor.run(partial(apply_as_seller, one, MARKETS)) for one in applications])
    async with executor.engine.connect() as connection:
        prefixes = (await connection.execute(text("select invoice_prefix from sellers"))).scalars().all()
    assert sorted(prefixes) == ["REPA", *(f"REPA{n}" for n in range(2, 9))]


async def test_the_database_itself_keeps_no_active_seller_without_a_mandate(executor: Accounts) -> None:
    seller = a_seller(state=SellerState.ACTIVE, mandate=None)
    await keep(executor, "companies", a_company(id=seller.id, **SELLING))
    with pytest.raises(IntegrityError, match="sellers_check"):
        await keep(executor, "sellers", seller)


async def test_a_draft_may_lack_what_a_submitted_case_may_not(executor: Accounts) -> None:
    nothing = Seller(id=new_id(), version=1, state=SellerState.DRAFT, markets=("fr-pro",), regimes=())
    await keep(executor, "companies", a_company(id=nothing.id, **SELLING))
    await keep(executor, "sellers", nothing)
    assert await read(executor, "sellers", nothing.id) == nothing
    second = replace(nothing, id=new_id(), state=SellerState.SUBMITTED)
    await keep(executor, "companies", a_company(id=second.id, **SELLING))
    with pytest.raises(IntegrityError, match="sellers_complete"):
        await keep(executor, "sellers", second)


async def test_of_two_uploads_at_once_one_takes_the_place_of_the_other(executor: Accounts) -> None:
    seller = a_seller()
    await keep(executor, "companies", a_company(id=seller.id, **SELLING))
    await keep(executor, "sellers", seller)
    upload = UploadDocument(seller.id, DocumentKind.OTHER, "a.pdf", MediaType.PDF, b"%PDF", None)
    kept = await asyncio.gather(*[executor.run(partial(upload_document, upload)) for _ in range(4)])
    found = await AccountQueries(executor.engine).seller_file(seller.id)
    assert [one.state for one in found.documents].count(DocumentState.UPLOADED) == 1
    assert await count(executor, document_files) == 1
    assert (await AccountQueries(executor.engine).document(seller.id, kept[0].id))[1] == b"%PDF"
    with pytest.raises(DocumentNotFound):
        await AccountQueries(executor.engine).document(new_id(), kept[0].id)


async def test_each_signature_and_revocation_of_a_mandate_is_a_row(executor: Accounts) -> None:
    seller = a_seller(state=SellerState.APPROVED)
    await keep(executor, "companies", a_company(id=seller.id, **SELLING))
    await keep(executor, "sellers", seller)
    sign = SignMandate(seller.id, current_mandate().version, True, "Camille Exemple", seller.id, REAL)
    await executor.run(partial(sign_mandate, sign, MARKETS))
    await executor.run(partial(revoke_mandate, RevokeMandate(seller.id, seller.id, REAL)))
    async with executor.engine.connect() as connection:
        acts = (await connection.execute(text("select act, sha256 from mandate_acts order by id"))).all()
    sha256 = current_mandate().sha256("fr")
    assert [tuple(row) for row in acts] == [("signed", sha256), ("revoked", sha256)]


async def test_who_is_asked_for_what_is_new_is_found_once(executor: Accounts) -> None:
    queries, version = AccountQueries(executor.engine), current_mandate().version
    old = replace(a_mandate(), version="2020-01-01")
    cases = (
        a_seller(state=SellerState.ACTIVE, mandate=a_mandate(), invoice_prefix="AA"),
        a_seller(state=SellerState.ACTIVE, mandate=a_mandate(), tax=None, invoice_prefix="BB"),
        a_seller(state=SellerState.SUSPENDED, mandate=old, invoice_prefix="CC"),
        a_seller(state=SellerState.SUBMITTED, tax=None, invoice_prefix="DD"),
    )
    for seller in cases:
        await keep(executor, "companies", a_company(id=seller.id, **SELLING))
        await keep(executor, "sellers", seller)
    asked = await queries.sellers_to_ask(version)
    assert {one.id for one in asked} == {cases[1].id, cases[2].id}
    await executor.run(partial(ask_tax_data, AskTaxData(cases[1].id), MARKETS))
    await executor.run(partial(ask_for_mandate, AskForMandate(cases[2].id, version), MARKETS))
    assert await queries.sellers_to_ask(version) == []


async def test_of_two_approvals_at_once_for_a_market_of_one_one_is_refused(executor: Accounts) -> None:
    sellers = [a_seller(markets=("be-shop",), invoice_prefix=f"SHOP{n}") for n in range(4)]
    for seller in sellers:
        await keep(executor, "companies", a_company(id=seller.id, **SELLING))
        await keep(executor, "sellers", seller)
    approvals = [executor.run(partial(approve_seller, ApproveSeller(seller.id), MARKETS)) for seller in sellers]
    results = await asyncio.gather(*approvals, return_exceptions=True)
    assert sum(isinstance(result, MarketHasItsSeller) for result in results) == 3


async def test_a_hundred_guesses_at_once_are_five(executor: Accounts) -> None:
    guess = partial(begin_sign_in, BeginSignIn("camille@reparo.example", SOURCE, REAL))
    results = await asyncio.gather(*[executor.run(guess) for _ in range(100)], return_exceptions=True)
    assert sum(isinstance(result, TooManySignIns) for result in results) == 95


async def test_attempts_are_forgotten_after_the_window_and_with_the_right_password(executor: Accounts) -> None:
    company = a_company()
    user = an_active_user(company_id=company.id)
    await keep(executor, "companies", company)
    await keep(executor, "users", user)
    await executor.run(partial(begin_sign_in, BeginSignIn("somebody@else.example", SOURCE, REAL)))
    await executor.run(partial(begin_sign_in, BeginSignIn(user.email, SOURCE, REAL + timedelta(minutes=16))))
    assert await count(executor, sign_in_attempts) == 1
    attempt = SignInAttempt(user.email, SOURCE, user.id, user.password_hash)
    await executor.run(partial(complete_sign_in, CompleteSignIn(attempt, DEVICE, REAL), SIGN_INS))
    assert await count(executor, sign_in_attempts) == 0


async def test_revocations_are_read_by_age_and_forgotten_after_a_day(executor: Accounts) -> None:
    old = new_revocation(Revoked.SESSION, new_id(), REAL - timedelta(days=1, seconds=1))
    lately, now = (new_revocation(Revoked.API_KEY, new_id(), REAL - timedelta(minutes=n)) for n in (16, 0))
    await keep(executor, "revocations", old)
    await keep(executor, "revocations", lately)
    queries = AccountQueries(executor.engine)
    assert await queries.revocations(REAL - timedelta(days=2)) == [old, lately]
    await keep(executor, "revocations", now)
    assert await queries.revocations(REAL - timedelta(days=2)) == [lately, now]
    assert await queries.revocations(REAL - timedelta(minutes=15)) == [now]


async def test_old_sessions_are_forgotten_and_open_ones_are_found(executor: Accounts) -> None:
    company = a_company()
    user = an_active_user(company_id=company.id)
    await keep(executor, "companies", company)
    await keep(executor, "users", user)
    gone, ended, kept = (
        a_session(user, expires_at=REAL - timedelta(days=31)),
        a_session(user, ended_at=REAL),
        a_session(user),
    )
    await keep(executor, "sessions", gone, ended, kept)
    attempt = SignInAttempt(user.email, SOURCE, user.id, user.password_hash)
    opened = await executor.run(partial(complete_sign_in, CompleteSignIn(attempt, DEVICE, REAL), SIGN_INS))
    found = await AccountQueries(executor.engine).sessions(user.id)
    assert {one.id for one in found} == {kept.id, opened.session.id}


async def test_an_address_of_an_attempt_is_kept_as_a_hash(executor: Accounts) -> None:
    await executor.run(partial(begin_sign_in, BeginSignIn("camille@reparo.example", SOURCE, REAL)))
    async with executor.engine.connect() as connection:
        (address,) = (await connection.execute(select(sign_in_attempts.c.address_hash))).scalars()
    assert "camille" not in address


async def test_the_evidence_is_a_row_with_the_proof(executor: Accounts) -> None:
    company = a_company()
    await keep(executor, "companies", company)
    await executor.run(partial(record_vat_answer, RecordVatAnswer(company.id, FRENCH_VAT, valid())))
    async with executor.engine.connect() as connection:
        row = (await connection.execute(select(vat_evidence))).one()
    assert (row.company_id, row.number, row.status) == (company.id, FRENCH_VAT, "valid")
    assert (row.consultation_number, row.name, row.checked_at) == ("WAPIAAAAW1", "REPARO SAS", REAL)


async def test_copies_that_start_together_share_one_signing_key(engine: AsyncEngine) -> None:
    copies = [SignedTokens(SigningKeyStore(engine).keys) for _ in range(4)]
    sets = await asyncio.gather(*[copy.jwks() for copy in copies])
    assert len({key["kid"] for keys in sets for key in keys["keys"]}) == 1


async def test_keys_change_in_time_and_every_token_is_verified_meanwhile(engine: AsyncEngine) -> None:
    now = [real_now()]
    copies = [SignedTokens(SigningKeyStore(engine).keys, lambda: now[0]) for _ in range(2)]
    verifier = Verifier(Keys(copies[1].jwks))
    grant = Grant(new_id(), new_id(), "buyer", "fr-pro", frozenset({"orders:read"}))

    async def key_of_a_token() -> str:
        token = await copies[0].issue(grant)
        # Readers ask again once half a minute has gone by.
        verifier._keys._fetched_at = -math.inf
        assert (await verifier.subject(token)).id == grant.subject_id
        return str(json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))["kid"])

    first = await key_of_a_token()
    now[0] += ROTATED_EVERY
    assert await key_of_a_token() == first
    assert len((await copies[1].jwks())["keys"]) == 2
    now[0] += PUBLISHED_BEFORE
    second = await key_of_a_token()
    assert second != first
    now[0] += KEPT_AFTER
    assert await key_of_a_token() == second
    assert [key["kid"] for key in (await copies[1].jwks())["keys"]] == [second]


async def test_the_read_side_pages_sellers_by_state(executor: Accounts) -> None:
    sellers = [
        a_seller(invoice_prefix="SA"),
        a_seller(invoice_prefix="SB", state=SellerState.APPROVED),
        a_seller(invoice_prefix="SC"),
    ]
    for seller in sellers:
        await keep(executor, "companies", a_company(id=seller.id, **SELLING))
        await keep(executor, "sellers", seller)
    queries = AccountQueries(executor.engine)
    waiting = sorted(seller.id for seller in (sellers[0], sellers[2]))
    (first,) = await queries.sellers(SellerState.SUBMITTED, None, 1)
    (second,) = await queries.sellers(SellerState.SUBMITTED, first.company.id, 1)
    assert [first.company.id, second.company.id] == waiting
    assert len(await queries.sellers(None, None, 10)) == 3


async def test_the_read_side_knows_no_company_that_is_not_there(engine: AsyncEngine) -> None:
    queries = AccountQueries(engine)
    with pytest.raises(CompanyNotFound):
        await queries.account(new_id())
    assert await queries.user(new_id()) is None


async def test_of_two_change_requests_at_once_one_is_refused(executor: Accounts) -> None:
    company = a_company()
    await keep(executor, "companies", company)
    ask = RequestChange(company.id, new_id(), ProfileChange(legal_name="Reparo SA"), "We are bigger now.")
    asked = [executor.run(partial(request_change, ask, MARKETS)) for _ in range(6)]
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(result, ChangeRequestOpen) for result in results) == 5


async def test_of_two_owners_who_leave_at_once_one_stays(executor: Accounts) -> None:
    company = a_company()
    await keep(executor, "companies", company)
    owners = [an_active_user(company_id=company.id, email=f"owner{n}@reparo.example") for n in range(4)]
    for owner in owners:
        await keep(executor, "users", owner)
    leaving = [partial(deactivate_person, DeactivatePerson(company.id, owner.id, REAL)) for owner in owners]
    results = await asyncio.gather(*[executor.run(one) for one in leaving], return_exceptions=True)
    assert sum(isinstance(result, LastOwner) for result in results) == 1


async def test_of_two_invitations_of_one_address_at_once_one_is_refused(executor: Accounts) -> None:
    company = a_company()
    await keep(executor, "companies", company)
    invite = partial(invite_person, InvitePerson(company.id, "kim@reparo.example", "Kim", Role.BUYER, REAL), MARKETS)
    results = await asyncio.gather(*[executor.run(invite) for _ in range(6)], return_exceptions=True)
    assert sum(isinstance(result, InvitationOpen) for result in results) == 5


def some_rules(company_id: Id, one: Id, other: Id) -> PurchasingRules:
    """Everything that rules can hold."""
    return PurchasingRules(
        company_id,
        2,
        True,
        (CostCentre("IT-1", "IT"),),
        (SpendingLimit(one, None, "EUR", 100_00, None), SpendingLimit(None, "IT-1", "EUR", None, 0)),
        ((one,), (one, other)),
        (Delegation(one, other, REAL, REAL + timedelta(days=7)),),
    )


async def count(executor: Accounts, table: Any) -> int:
    async with executor.engine.connect() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()
