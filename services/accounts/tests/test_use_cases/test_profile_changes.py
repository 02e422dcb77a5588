"""Who may change what of a company, in each market, and what follows."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.clients.market_files import MarketFiles
from accounts.domain import events
from accounts.domain.change_request import ChangeRequest, PayoutAccount, RequestRejection, RequestState
from accounts.domain.company import CompanyKind, CompanyState
from accounts.domain.errors import (
    ChangeRequestMoveRefused,
    ChangeRequestNotFound,
    ChangeRequestOpen,
    CompanyMoveRefused,
    CompanyNotActive,
    CountryFixed,
    FinanceSigns,
    NothingToChange,
    SupportDecides,
    SupportOnly,
    VatNumbersMissing,
)
from accounts.domain.profile import ProfileChange
from accounts.domain.seller import SellerState
from accounts.domain.values import VatNumber, VatStatus
from accounts.use_cases.approve_change import ApproveChange, approve_change
from accounts.use_cases.ask_register import CHECK_VAT_NUMBER
from accounts.use_cases.change_company import ChangeCompany, change_company
from accounts.use_cases.reject_change import RejectChange, reject_change
from accounts.use_cases.request_change import RequestChange, request_change
from accounts.use_cases.sign_payout_change import LAPSE_SIGNATURE, Signer, lapse_signature
from accounts.use_cases.withdraw_change import WithdrawChange, withdraw_change
from chassis.kernel.errors import Overtaken
from chassis.kernel.ids import derived_id, new_id
from chassis.kernel.numbers import IbanInvalid, VatNumberInvalid
from chassis.kernel.proposals import PeopleOnly, SecondPersonNeeded
from chassis.policy_files import load_markets
from services.accounts.tests.builders import (
    ADDRESS,
    FRENCH_VAT,
    NOW,
    KnownMarkets,
    MemoryAccounts,
    a_change_request,
    a_company,
    a_mandate,
    a_seller,
    valid,
)

MARKETS = KnownMarkets()
SHIPPED = MarketFiles(load_markets(Path(__file__).parents[4] / "markets"))
COMPANY = a_company(vat_numbers=(VatNumber("FR", FRENCH_VAT, valid()),))
MOVED = replace(ADDRESS, street="2 rue de Rivoli")
OTHER_VAT = "FR83404833048"


def edit(change: ProfileChange, **changes: Any) -> ChangeCompany:
    return replace(ChangeCompany(COMPANY.id, COMPANY.version, change), **changes)


@pytest.mark.policy("A5", "*")
@pytest.mark.parametrize(
    ("market", "support_only", "free"),
    [
        ("fr-pro", "address email vat_number", "legal_name"),
        ("be-shop", "address email vat_number", "legal_name"),
        ("dk-shop", "address email vat_number", "legal_name"),
        ("uk-shop", "address email vat_number", "legal_name"),
        ("nl-market", "address email vat_number", "legal_name"),
    ],
)
async def test_a_company_changes_what_its_market_leaves_to_it_and_support_the_rest(
    market: str, support_only: str, free: str
) -> None:
    changes = {
        "address": ProfileChange(address=MOVED),
        "email": ProfileChange(contact_email="new@reparo.example"),
        "vat_number": ProfileChange(vat_numbers={"FR": OTHER_VAT}),
        "legal_name": ProfileChange(legal_name="Reparo SA"),
    }
    for name, change in changes.items():
        uow = MemoryAccounts(companies=[replace(COMPANY, market=market)])
        if name in support_only.split():
            with pytest.raises(SupportOnly) as refused:
                await change_company(edit(change), SHIPPED, uow, NOW)
            assert refused.value.facts == {"fields": [name]}
            assert uow.events == []
            await change_company(edit(change, by_operator=True), SHIPPED, uow, NOW)
        else:
            assert name in free.split()
            await change_company(edit(change), SHIPPED, uow, NOW)
        assert len(uow.published(events.CompanyChanged)) == 1


async def test_a_changed_vat_number_is_asked_about_again() -> None:
    uow = MemoryAccounts(companies=[COMPANY])
    change = ProfileChange(vat_numbers={"FR": OTHER_VAT})
    changed = await change_company(edit(change, by_operator=True), MARKETS, uow, NOW)
    assert [vat.status for vat in changed.company.vat_numbers] == [VatStatus.NOT_ASKED]
    assert uow.timers.due(CHECK_VAT_NUMBER, derived_id(COMPANY.id, OTHER_VAT)) == NOW
    assert uow.timers.due(CHECK_VAT_NUMBER, derived_id(COMPANY.id, FRENCH_VAT)) is None


async def test_a_vat_number_with_a_wrong_check_digit_changes_nothing() -> None:
    uow = MemoryAccounts(companies=[COMPANY])
    wrong = ProfileChange(vat_numbers={"FR": "FR45732829320"})
    with pytest.raises(VatNumberInvalid):
        await change_company(edit(wrong, by_operator=True), MARKETS, uow, NOW)
    assert uow.companies.rows[COMPANY.id] == COMPANY


async def test_nobody_moves_a_company_to_another_country() -> None:
    uow = MemoryAccounts(companies=[COMPANY])
    with pytest.raises(CountryFixed):
        await change_company(edit(ProfileChange(country="DE"), by_operator=True), MARKETS, uow, NOW)


async def test_an_edit_of_an_overtaken_version_is_refused() -> None:
    uow = MemoryAccounts(companies=[COMPANY])
    with pytest.raises(Overtaken):
        await change_company(edit(ProfileChange(legal_name="Reparo SA"), version=1), MARKETS, uow, NOW)


async def test_a_closed_company_is_not_edited() -> None:
    closed = replace(COMPANY, state=CompanyState.CLOSED)
    uow = MemoryAccounts(companies=[closed])
    with pytest.raises(CompanyMoveRefused):
        await change_company(edit(ProfileChange(legal_name="Reparo SA"), by_operator=True), MARKETS, uow, NOW)


async def test_a_seller_obeys_its_markets_and_keeps_its_home_number() -> None:
    company = replace(COMPANY, kind=CompanyKind.SELLER, market=None)
    uow = MemoryAccounts(companies=[company], sellers=[a_seller(id=company.id)])
    with pytest.raises(SupportOnly):
        await change_company(edit(ProfileChange(address=MOVED)), MARKETS, uow, NOW)
    with pytest.raises(VatNumbersMissing):
        await change_company(edit(ProfileChange(vat_numbers={}), by_operator=True), MARKETS, uow, NOW)


SUE = Signer(new_id(), is_support=True, is_finance=False, lives=timedelta(days=7))
FINN = Signer(new_id(), is_support=False, is_finance=True, lives=timedelta(days=7))


def ask(change: ProfileChange) -> RequestChange:
    return RequestChange(COMPANY.id, new_id(), change, "We have moved.")


async def test_what_support_grants_becomes_so() -> None:
    uow = MemoryAccounts(companies=[COMPANY])
    request = await request_change(ask(ProfileChange(address=MOVED)), MARKETS, uow, NOW)
    assert (request.state, uow.events) == (RequestState.OPEN, [])
    approved = await approve_change(ApproveChange(request.id, SUE), MARKETS, uow, NOW)
    assert approved.state is RequestState.APPROVED
    assert uow.companies.rows[COMPANY.id].address == MOVED
    (fact,) = uow.published(events.CompanyChanged)
    assert fact.what == ("address", "change_granted")
    with pytest.raises(ChangeRequestMoveRefused):
        await approve_change(ApproveChange(request.id, SUE), MARKETS, uow, NOW)


async def test_a_rejected_request_changes_nothing_and_a_new_one_may_follow() -> None:
    uow = MemoryAccounts(companies=[COMPANY])
    request = await request_change(ask(ProfileChange(address=MOVED)), MARKETS, uow, NOW)
    with pytest.raises(ChangeRequestOpen):
        await request_change(ask(ProfileChange(legal_name="Reparo SA")), MARKETS, uow, NOW)
    await reject_change(RejectChange(request.id, RequestRejection.PROOF_MISSING, "Send it."), uow, NOW)
    assert uow.companies.rows[COMPANY.id].profile == COMPANY.profile
    (told,) = uow.published(events.CompanyChanged)
    assert told.what == ("change_refused",)
    await request_change(ask(ProfileChange(legal_name="Reparo SA")), MARKETS, uow, NOW)


async def test_a_request_for_what_is_so_or_never_can_be_is_refused_at_once() -> None:
    uow = MemoryAccounts(companies=[COMPANY])
    with pytest.raises(NothingToChange):
        await request_change(ask(ProfileChange(legal_name=COMPANY.legal_name)), MARKETS, uow, NOW)
    with pytest.raises(VatNumberInvalid):
        await request_change(ask(ProfileChange(vat_numbers={"FR": "FR45732829320"})), MARKETS, uow, NOW)
    uow = MemoryAccounts(companies=[replace(COMPANY, state=CompanyState.PENDING_ACTIVATION)])
    with pytest.raises(CompanyNotActive):
        await request_change(ask(ProfileChange(address=MOVED)), MARKETS, uow, NOW)


async def test_an_admitted_sellers_bank_account_changes_when_somebody_has_looked_at_it() -> None:
    company = replace(COMPANY, kind=CompanyKind.SELLER, market=None)
    seller = a_seller(id=company.id, state=SellerState.ACTIVE, mandate=a_mandate())
    uow = MemoryAccounts(companies=[company], sellers=[seller])
    wish = PayoutAccount("FR14 2004 1010 0505 0001 3M02 606", "Reparo SAS")
    ask_for = RequestChange(company.id, new_id(), ProfileChange(), "Another bank.", wish)
    with pytest.raises(IbanInvalid):
        await request_change(replace(ask_for, payout=replace(wish, iban="FR14 2004")), MARKETS, uow, NOW)
    request = await request_change(ask_for, MARKETS, uow, NOW)
    assert (uow.sellers.rows[seller.id], uow.events) == (seller, [])
    signed = await approve_change(ApproveChange(request.id, SUE), MARKETS, uow, NOW)
    assert (signed, uow.sellers.rows[seller.id], uow.events) == (request, seller, [])
    for signer, refusal in (
        (SUE, SecondPersonNeeded),
        (replace(SUE, person=new_id()), FinanceSigns),
        (replace(FINN, person=None), PeopleOnly),
    ):
        with pytest.raises(refusal):
            await approve_change(ApproveChange(request.id, signer), MARKETS, uow, NOW)
    await approve_change(ApproveChange(request.id, FINN), MARKETS, uow, NOW)
    assert uow.sellers.rows[seller.id].payout_iban == "FR1420041010050500013M02606"
    (fact,) = uow.published(events.SellerChanged)
    assert fact.what == ("payout", "change_granted")
    with pytest.raises(NothingToChange):
        await request_change(ask_for, MARKETS, uow, NOW)


async def test_a_first_signature_is_forgotten_with_its_request_and_lapses_alone() -> None:
    company = replace(COMPANY, kind=CompanyKind.SELLER, market=None)
    uow = MemoryAccounts(
        companies=[company], sellers=[a_seller(id=company.id, state=SellerState.ACTIVE, mandate=a_mandate())]
    )
    wish = PayoutAccount("FR14 2004 1010 0505 0001 3M02 606", "Reparo SAS")
    ask_for = RequestChange(company.id, new_id(), ProfileChange(), "Another bank.", wish)

    async def signed() -> ChangeRequest:
        request = await request_change(ask_for, MARKETS, uow, NOW)
        return await approve_change(ApproveChange(request.id, SUE), MARKETS, uow, NOW)

    await reject_change(RejectChange((await signed()).id, RequestRejection.NOT_CONFIRMED, "Call us."), uow, NOW)
    await withdraw_change(WithdrawChange(company.id, (await signed()).id), uow, NOW)
    assert [one.state for one in uow.proposals.rows.values()] == ["withdrawn", "withdrawn"]
    request = await signed()
    ((kind, first, _),) = uow.timers.fire(NOW + SUE.lives)
    assert kind == LAPSE_SIGNATURE
    await lapse_signature(first, uow, NOW + SUE.lives)
    # Finance's signature is a first one again.
    assert (await approve_change(ApproveChange(request.id, FINN), MARKETS, uow, NOW)).state is RequestState.OPEN
    assert uow.sellers.rows[company.id].payout_iban != "FR1420041010050500013M02606"


async def test_names_and_addresses_are_not_finances_to_change() -> None:
    uow = MemoryAccounts(companies=[COMPANY])
    request = await request_change(ask(ProfileChange(address=MOVED)), MARKETS, uow, NOW)
    with pytest.raises(SupportDecides):
        await approve_change(ApproveChange(request.id, FINN), MARKETS, uow, NOW)


async def test_a_draft_is_its_sellers_to_correct() -> None:
    company = replace(COMPANY, kind=CompanyKind.SELLER, market=None)
    uow = MemoryAccounts(companies=[company], sellers=[a_seller(id=company.id, state=SellerState.DRAFT)])
    await change_company(edit(ProfileChange(address=MOVED)), MARKETS, uow, NOW)
    assert uow.companies.rows[company.id].address == MOVED


async def test_a_request_is_taken_back_by_its_own_company_only() -> None:
    request = a_change_request(company_id=COMPANY.id)
    uow = MemoryAccounts(companies=[COMPANY], change_requests=[request])
    with pytest.raises(ChangeRequestNotFound):
        await withdraw_change(WithdrawChange(new_id(), request.id), uow, NOW)
    withdrawn = await withdraw_change(WithdrawChange(COMPANY.id, request.id), uow, NOW)
    assert withdrawn.state is RequestState.WITHDRAWN
