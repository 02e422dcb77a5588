"""A seller's file over time: drafts, papers, tax data and a new mandate, each with its deadlines."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.clients.market_files import MarketFiles
from accounts.domain import events
from accounts.domain.company import Company, CompanyKind
from accounts.domain.document import DocumentKind, DocumentRefusal, DocumentState
from accounts.domain.errors import (
    DocumentExpiryPast,
    DocumentNotFound,
    MandateTextDiffers,
    RequirementsOpen,
    ReturnAddressesWrong,
    SellerMoveRefused,
    SupportOnly,
    TooManyDocuments,
)
from accounts.domain.file_types import MediaType
from accounts.domain.mandates import current_mandate
from accounts.domain.seller import CaseChange, SellerState
from accounts.domain.values import VatNumber
from accounts.use_cases.accept_document import AcceptDocument, accept_document
from accounts.use_cases.apply_as_seller import apply_as_seller
from accounts.use_cases.approve_seller import ApproveSeller, approve_seller
from accounts.use_cases.ask_for_mandate import (
    AskForMandate,
    SuspendForMandate,
    ask_for_mandate,
    suspend_for_mandate,
)
from accounts.use_cases.ask_tax_data import AskTaxData, ask_tax_data
from accounts.use_cases.change_case import ChangeCase, change_case
from accounts.use_cases.expire_document import ExpireDocument, RemindOfDocument, expire_document, remind_of_document
from accounts.use_cases.find_document import DOCUMENT_EXPIRY, DOCUMENT_REMINDER
from accounts.use_cases.forget_mandate_renewal import MANDATE_DUE
from accounts.use_cases.forget_tax_request import TAX_DATA_DUE, TAX_DATA_REMINDER
from accounts.use_cases.hold_payouts import HoldPayouts, hold_payouts
from accounts.use_cases.refuse_document import RefuseDocument, refuse_document
from accounts.use_cases.remind_of_tax_data import RemindOfTaxData, remind_of_tax_data
from accounts.use_cases.revoke_mandate import RevokeMandate, revoke_mandate
from accounts.use_cases.sign_mandate import SignMandate, sign_mandate
from accounts.use_cases.submit_application import SubmitApplication, submit_application
from accounts.use_cases.upload_document import DOCUMENTS_MAX, UploadDocument, upload_document
from chassis.kernel.ids import new_id
from chassis.policy_files import load_markets
from services.accounts.tests.builders import (
    ADDRESS,
    FRENCH_VAT,
    IBAN,
    NOW,
    OWNERS,
    REAL,
    TAX,
    KnownMarkets,
    MemoryAccounts,
    a_company,
    a_document,
    a_mandate,
    a_seller,
    an_application,
    valid,
)

MARKETS = KnownMarkets()
SHIPPED = MarketFiles(load_markets(Path(__file__).parents[4] / "markets"))
COMPANY: Company = a_company(kind=CompanyKind.SELLER, market=None, vat_numbers=(VatNumber("FR", FRENCH_VAT, valid()),))
EXTRACT = DocumentKind.REGISTER_EXTRACT
GERMAN = replace(ADDRESS, country="DE", city="Köln", postal_code="50667")


def a_case(state: SellerState = SellerState.ACTIVE, documents: Any = (), **changes: Any) -> MemoryAccounts:
    mandate = a_mandate() if state in (SellerState.ACTIVE, SellerState.SUSPENDED) else None
    seller = a_seller(id=COMPANY.id, **{"state": state, "mandate": mandate, **changes})
    return MemoryAccounts(companies=[COMPANY], sellers=[seller], documents=documents)


def upload(**changes: Any) -> UploadDocument:
    given = {"kind": EXTRACT, "file_name": "a.pdf", "content": b"%PDF", "valid_until": None, **changes}
    return UploadDocument(seller_id=COMPANY.id, media_type=MediaType.PDF, **given)


async def test_what_is_not_complete_is_kept_as_a_draft_without_a_prefix() -> None:
    uow = MemoryAccounts()
    opened = await apply_as_seller(an_application(payout_iban=None, owners=None), MARKETS, uow, NOW)
    seller = uow.sellers.rows[opened.company.id]
    assert (seller.state, seller.version, seller.invoice_prefix) == (SellerState.DRAFT, 1, None)
    assert [event.seq for event in uow.published(events.SellerDrafted)] == [1]
    assert uow.published(events.SellerSubmitted) == []
    with pytest.raises(RequirementsOpen) as refused:
        await submit_application(SubmitApplication(seller.id), MARKETS, uow, NOW)
    missing = [one["name"] for one in refused.value.facts["requirements"]]
    assert missing == ["payout_account", "beneficial_owners"]
    change = CaseChange(payout_iban=IBAN, owners=OWNERS)
    await change_case(ChangeCase(seller.id, change), MARKETS, uow, NOW)
    submitted = await submit_application(SubmitApplication(seller.id), MARKETS, uow, NOW)
    assert (submitted.state, submitted.version, submitted.invoice_prefix) == (SellerState.SUBMITTED, 3, "REPA")


async def test_every_market_asks_for_papers_and_france_for_the_waste_register_too() -> None:
    kinds = {}
    for market in ("fr-pro", "nl-market"):
        uow = MemoryAccounts()
        opened = await apply_as_seller(an_application(markets=(market,)), SHIPPED, uow, NOW)
        with pytest.raises(RequirementsOpen) as refused:
            await submit_application(SubmitApplication(opened.company.id), SHIPPED, uow, NOW)
        kinds[market] = [one["subject"] for one in refused.value.facts["requirements"] if one["name"] == "document"]
    base = ["register_extract", "representative_identity", "bank_account_proof"]
    assert kinds == {"nl-market": base, "fr-pro": [*base, "waste_registration"]}


async def test_who_was_admitted_asks_support_for_another_account_and_market_and_changes_the_rest() -> None:
    uow = a_case()
    for change in (CaseChange(payout_iban=IBAN), CaseChange(markets=("be-shop",)), CaseChange(regimes=())):
        with pytest.raises(SupportOnly):
            await change_case(ChangeCase(COMPANY.id, change), MARKETS, uow, NOW)
    after = await change_case(ChangeCase(COMPANY.id, CaseChange(support_phone="+33 1 23")), MARKETS, uow, NOW)
    assert (after.support_phone, after.state) == ("+33 1 23", SellerState.ACTIVE)


async def test_an_admitted_seller_ships_from_another_country_once_it_has_a_number_and_an_address_there() -> None:
    uow = a_case()
    more = CaseChange(ship_from=("FR", "DE"), return_addresses=(GERMAN,))
    with pytest.raises(RequirementsOpen) as refused:
        await change_case(ChangeCase(COMPANY.id, more), MARKETS, uow, NOW)
    assert [(one["name"], one["subject"]) for one in refused.value.facts["requirements"]] == [("vat_number", "DE")]
    numbers = (*COMPANY.vat_numbers, VatNumber("DE", "DE136695976"))
    uow.companies.rows[COMPANY.id] = replace(COMPANY, vat_numbers=numbers)
    after = await change_case(ChangeCase(COMPANY.id, more), MARKETS, uow, NOW)
    assert [one.country for one in after.all_return_addresses] == ["FR", "DE"]
    with pytest.raises(ReturnAddressesWrong):
        await change_case(ChangeCase(COMPANY.id, CaseChange(return_addresses=(GERMAN, GERMAN))), MARKETS, uow, NOW)


async def test_nobody_is_approved_while_a_paper_is_missing_or_nobody_has_read_it() -> None:
    uow = a_case(SellerState.SUBMITTED)

    class Strict(KnownMarkets):
        def rules(self, market: str, on: Any) -> Any:
            return replace(super().rules(market, on), required_documents=(EXTRACT,))

    for _ in ("missing", "waiting"):
        with pytest.raises(RequirementsOpen):
            await approve_seller(ApproveSeller(COMPANY.id), Strict(), uow, NOW)
        document = await upload_document(upload(), uow, NOW)
    await accept_document(AcceptDocument(COMPANY.id, document.id, None), MARKETS, uow, NOW)
    approved = await approve_seller(ApproveSeller(COMPANY.id), Strict(), uow, NOW)
    assert approved.state is SellerState.APPROVED


async def test_a_content_is_kept_once_by_its_hash_and_a_new_paper_takes_the_place_of_the_old() -> None:
    uow = a_case()
    first = await upload_document(upload(file_name="../x/Kbis.PDF"), uow, NOW)
    second = await upload_document(upload(), uow, NOW)
    sha256 = hashlib.sha256(b"%PDF").hexdigest()
    assert (first.file_name, first.sha256, second.sha256) == ("Kbis.pdf", sha256, sha256)
    assert uow.document_files.rows == {sha256: b"%PDF"}
    states = {one.id: one.state for one in uow.documents.rows.values()}
    assert states == {first.id: DocumentState.REPLACED, second.id: DocumentState.UPLOADED}
    assert uow.events == []


async def test_papers_are_limited_in_number_and_end_with_the_case() -> None:
    with pytest.raises(SellerMoveRefused):
        await upload_document(upload(), a_case(SellerState.REJECTED), NOW)
    with pytest.raises(DocumentExpiryPast):
        await upload_document(upload(valid_until=NOW.date() - timedelta(days=1)), a_case(), NOW)
    many = [a_document(COMPANY.id, state=DocumentState.REPLACED) for _ in range(DOCUMENTS_MAX)]
    with pytest.raises(TooManyDocuments):
        await upload_document(upload(), a_case(documents=many), NOW)


async def test_an_accepted_paper_holds_until_the_next_one_is_accepted() -> None:
    old = a_document(COMPANY.id, state=DocumentState.ACCEPTED)
    uow = a_case(documents=[old])
    new = await upload_document(upload(), uow, NOW)
    assert uow.documents.rows[old.id].state is DocumentState.ACCEPTED
    await accept_document(AcceptDocument(COMPANY.id, new.id, None), MARKETS, uow, NOW)
    assert uow.documents.rows[old.id].state is DocumentState.REPLACED


async def test_a_refused_paper_is_mailed_as_a_code_and_told_in_words_in_the_case() -> None:
    document = a_document(COMPANY.id)
    uow = a_case(documents=[document])
    refusal = RefuseDocument(COMPANY.id, document.id, DocumentRefusal.UNREADABLE, "Scan Camille's passport again.")
    refused = await refuse_document(refusal, uow, NOW)
    assert (refused.state, refused.next_step) == (DocumentState.REFUSED, "Scan Camille's passport again.")
    (raised,) = uow.published(events.SellerRequirementRaised)
    assert (raised.requirement, raised.subject, raised.why) == ("document", "register_extract", "unreadable")
    with pytest.raises(DocumentNotFound):
        await refuse_document(replace(refusal, seller_id=new_id()), uow, NOW)


async def test_a_paper_is_reminded_of_thirty_days_before_its_last_day_is_over_and_then_expires() -> None:
    document = a_document(COMPANY.id, valid_until=NOW.date() + timedelta(days=90))
    uow = a_case(documents=[document])
    await accept_document(AcceptDocument(COMPANY.id, document.id, None), MARKETS, uow, NOW)
    last = document.valid_until
    assert last is not None
    over = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    assert uow.timers.due(DOCUMENT_REMINDER, document.id) == over - timedelta(days=30)
    assert uow.timers.due(DOCUMENT_EXPIRY, document.id) == over
    await remind_of_document(RemindOfDocument(COMPANY.id, document.id), uow, over - timedelta(days=30))
    await expire_document(ExpireDocument(COMPANY.id, document.id), uow, over)
    await expire_document(ExpireDocument(COMPANY.id, document.id), uow, over)
    raised = uow.published(events.SellerRequirementRaised)
    assert [(one.why, one.due_on) for one in raised] == [("expires_soon", last), ("expired", last)]
    assert uow.documents.rows[document.id].state is DocumentState.EXPIRED
    await remind_of_document(RemindOfDocument(COMPANY.id, document.id), uow, over)
    assert len(uow.published(events.SellerRequirementRaised)) == 2


@pytest.mark.policy("3.5", "fr-pro")
async def test_payouts_are_held_after_two_reminders_and_sixty_days_and_go_on_with_the_data() -> None:
    uow = a_case(tax=None)
    await ask_tax_data(AskTaxData(COMPANY.id), SHIPPED, uow, NOW)
    again = await ask_tax_data(AskTaxData(COMPANY.id), SHIPPED, uow, NOW + timedelta(days=1))
    assert again.tax_request is not None
    assert again.tax_request.due_at == NOW + timedelta(days=60)
    reminded_at = []
    while (due := uow.timers.due(TAX_DATA_REMINDER, COMPANY.id)) is not None:
        await uow.timers.cancel(TAX_DATA_REMINDER, COMPANY.id)
        reminded_at.append(due - NOW)
        await remind_of_tax_data(RemindOfTaxData(COMPANY.id), SHIPPED, uow, due)
    assert reminded_at == [timedelta(days=20), timedelta(days=40)]
    assert uow.timers.due(TAX_DATA_DUE, COMPANY.id) == NOW + timedelta(days=60)
    assert [one.why for one in uow.published(events.SellerRequirementRaised)] == ["asked", "reminder", "reminder"]
    for _ in range(2):
        await hold_payouts(HoldPayouts(COMPANY.id), uow, NOW + timedelta(days=60))
    assert len(uow.published(events.SellerPayoutsHeld)) == 1
    paid = await change_case(ChangeCase(COMPANY.id, CaseChange(tax=TAX)), SHIPPED, uow, NOW + timedelta(days=61))
    assert (paid.payouts_held, paid.tax_request) == (False, None)
    (changed,), (resumed,) = uow.published(events.SellerChanged), uow.published(events.SellerPayoutsResumed)
    assert (changed.what, resumed.seq) == (("tax",), changed.seq + 1)
    await hold_payouts(HoldPayouts(COMPANY.id), uow, NOW + timedelta(days=90))
    assert len(uow.published(events.SellerPayoutsHeld)) == 1


async def test_data_that_are_asked_for_anew_may_be_given_as_they_are() -> None:
    uow = a_case()
    await ask_tax_data(AskTaxData(COMPANY.id), MARKETS, uow, NOW)
    after = await change_case(ChangeCase(COMPANY.id, CaseChange(tax=TAX)), MARKETS, uow, NOW)
    assert after.tax_request is None
    assert uow.timers.due(TAX_DATA_DUE, COMPANY.id) is None


def sign(**changes: Any) -> SignMandate:
    now = {"version": current_mandate().version, "accepted": True, "signatory": "Camille Exemple", **changes}
    return SignMandate(COMPANY.id, signed_by=COMPANY.id, at=REAL, **now)


async def test_a_mandate_is_taken_back_and_signed_anew_and_both_are_kept() -> None:
    uow = a_case(SellerState.APPROVED)
    sha256 = current_mandate().sha256("fr")
    with pytest.raises(MandateTextDiffers):
        await sign_mandate(sign(sha256=current_mandate().sha256("en")), MARKETS, uow, NOW)
    await sign_mandate(sign(sha256=sha256), MARKETS, uow, NOW)
    revoked = await revoke_mandate(RevokeMandate(COMPANY.id, COMPANY.id, REAL), uow, NOW)
    assert (revoked.state, revoked.reason) == (SellerState.SUSPENDED, "mandate_revoked")
    again = await sign_mandate(sign(), MARKETS, uow, NOW)
    assert (again.state, again.reason) == (SellerState.ACTIVE, None)
    assert [(act.act, act.sha256) for act in uow.mandate_log.rows] == [
        ("signed", sha256),
        ("revoked", sha256),
        ("signed", sha256),
    ]
    assert [event.reason for event in uow.published(events.SellerSuspended)] == ["mandate_revoked"]


async def test_who_was_admitted_before_there_were_tax_data_is_asked_for_them_with_the_signature() -> None:
    uow = a_case(SellerState.APPROVED, tax=None)
    signed = await sign_mandate(sign(), MARKETS, uow, NOW)
    assert signed.tax_request is not None


async def test_a_new_text_is_signed_within_thirty_days_or_ends_the_sale() -> None:
    old = replace(a_mandate(), version="2020-01-01")
    uow = a_case(mandate=old)
    ask = AskForMandate(COMPANY.id, current_mandate().version)
    for _ in range(2):
        await ask_for_mandate(ask, MARKETS, uow, NOW)
    (raised,) = uow.published(events.SellerRequirementRaised)
    due = NOW + timedelta(days=30)
    assert (raised.requirement, raised.why, raised.due_on) == ("mandate", "new_text", due.date())
    assert uow.timers.due(MANDATE_DUE, COMPANY.id) == due
    suspend = SuspendForMandate(COMPANY.id, current_mandate().version)
    await suspend_for_mandate(suspend, uow, due)
    assert [event.reason for event in uow.published(events.SellerSuspended)] == ["mandate_outdated"]
    signed = await sign_mandate(sign(), MARKETS, uow, due)
    assert (signed.state, signed.mandate_due_at) == (SellerState.ACTIVE, None)
    await suspend_for_mandate(suspend, uow, due)
    await ask_for_mandate(ask, MARKETS, uow, due)
    assert uow.sellers.rows[COMPANY.id] == signed
