"""The operator's decisions, the mandate, and what the register says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.domain import events
from accounts.domain.company import CompanyKind, CompanyState
from accounts.domain.errors import (
    CompanyNotActive,
    MandateNotAccepted,
    MandateVersionUnknown,
    MarketHasItsSeller,
    SellerMoveRefused,
    SellerNotFound,
    VatNumberRefusedByRegister,
)
from accounts.domain.mandates import current_mandate
from accounts.domain.seller import RejectionReason, SellerState, SuspensionReason
from accounts.domain.values import VatAnswer, VatNumber, VatStatus
from accounts.use_cases.approve_seller import ApproveSeller, approve_seller
from accounts.use_cases.record_vat_answer import RecordVatAnswer, record_vat_answer
from accounts.use_cases.reinstate_seller import ReinstateSeller, reinstate_seller
from accounts.use_cases.reject_seller import RejectSeller, reject_seller
from accounts.use_cases.sign_mandate import SignMandate, sign_mandate
from accounts.use_cases.suspend_seller import SuspendSeller, suspend_seller
from chassis.kernel.ids import new_id
from services.accounts.tests.builders import (
    FRENCH_VAT,
    NOW,
    REAL,
    KnownMarkets,
    MemoryAccounts,
    a_company,
    a_mandate,
    a_seller,
    valid,
)

MARKETS = KnownMarkets()
COMPANY = a_company(kind=CompanyKind.SELLER, market=None)


def a_case(state: SellerState = SellerState.SUBMITTED, company: Any = COMPANY, **changes: Any) -> MemoryAccounts:
    seller = a_seller(id=COMPANY.id, state=state, **changes)
    return MemoryAccounts(companies=[company], sellers=[seller])


def sign(version: str | None = None, *, accepted: bool = True) -> SignMandate:
    return SignMandate(COMPANY.id, version or current_mandate().version, accepted, "Camille Exemple", COMPANY.id, REAL)


async def test_an_approved_seller_sells_once_it_has_signed() -> None:
    uow = a_case()
    approved = await approve_seller(ApproveSeller(COMPANY.id), MARKETS, uow, NOW)
    assert approved.state is SellerState.APPROVED
    assert uow.published(events.SellerActivated) == []
    seller = await sign_mandate(sign(), MARKETS, uow, NOW)
    assert seller.state is SellerState.ACTIVE
    assert seller.mandate is not None
    assert (seller.mandate.signatory, seller.mandate.signed_at) == ("Camille Exemple", REAL)
    (activated,) = uow.published(events.SellerActivated)
    assert (activated.markets, activated.mandate_version) == (("fr-pro",), current_mandate().version)


async def test_a_number_that_the_register_refuses_keeps_a_seller_out_and_silence_does_not() -> None:
    invalid = VatNumber("FR", FRENCH_VAT, VatAnswer(VatStatus.INVALID, REAL))
    with pytest.raises(VatNumberRefusedByRegister):
        await approve_seller(
            ApproveSeller(COMPANY.id), MARKETS, a_case(company=replace(COMPANY, vat_numbers=(invalid,))), NOW
        )
    silent = VatNumber("FR", FRENCH_VAT, VatAnswer(VatStatus.UNAVAILABLE, REAL))
    await approve_seller(
        ApproveSeller(COMPANY.id), MARKETS, a_case(company=replace(COMPANY, vat_numbers=(silent,))), NOW
    )


async def test_a_market_of_one_admits_the_first_and_refuses_the_second() -> None:
    rival = a_company(kind=CompanyKind.SELLER, market=None)
    uow = MemoryAccounts(
        companies=[COMPANY, rival],
        sellers=[
            a_seller(id=COMPANY.id, markets=("be-shop",)),
            a_seller(id=rival.id, markets=("be-shop",), invoice_prefix="RIVA"),
        ],
    )
    await approve_seller(ApproveSeller(COMPANY.id), MARKETS, uow, NOW)
    with pytest.raises(MarketHasItsSeller):
        await approve_seller(ApproveSeller(rival.id), MARKETS, uow, NOW)
    assert uow.sellers.rows[rival.id].state is SellerState.SUBMITTED


async def test_a_closed_company_is_not_approved_and_an_inactive_one_signs_nothing() -> None:
    closed = replace(COMPANY, state=CompanyState.CLOSED)
    with pytest.raises(CompanyNotActive):
        await approve_seller(ApproveSeller(COMPANY.id), MARKETS, a_case(company=closed), NOW)
    waiting = replace(COMPANY, state=CompanyState.PENDING_ACTIVATION)
    with pytest.raises(CompanyNotActive):
        await sign_mandate(sign(), MARKETS, a_case(SellerState.APPROVED, waiting), NOW)


async def test_a_mandate_is_the_current_text_accepted_after_approval() -> None:
    with pytest.raises(MandateNotAccepted):
        await sign_mandate(sign(accepted=False), MARKETS, a_case(SellerState.APPROVED), NOW)
    with pytest.raises(MandateVersionUnknown):
        await sign_mandate(sign("2020-01-01"), MARKETS, a_case(SellerState.APPROVED), NOW)
    with pytest.raises(SellerMoveRefused):
        await sign_mandate(sign(), MARKETS, a_case(SellerState.SUBMITTED), NOW)


async def test_a_rejected_seller_reads_why_and_is_not_approved_any_more() -> None:
    uow = a_case()
    await reject_seller(RejectSeller(COMPANY.id, RejectionReason.QUALITY, "Send three sample devices."), uow, NOW)
    assert uow.sellers.rows[COMPANY.id].next_step == "Send three sample devices."
    with pytest.raises(SellerMoveRefused):
        await approve_seller(ApproveSeller(COMPANY.id), MARKETS, uow, NOW)


async def test_a_suspension_is_lifted_under_the_same_mandate() -> None:
    uow = a_case(SellerState.ACTIVE, mandate=a_mandate())
    await suspend_seller(SuspendSeller(COMPANY.id, SuspensionReason.SERVICE_LEVEL), uow, NOW)
    (suspended,) = uow.published(events.SellerSuspended)
    assert suspended.reason == "service_level"
    seller = await reinstate_seller(ReinstateSeller(COMPANY.id), uow, NOW)
    assert (seller.state, seller.mandate) == (SellerState.ACTIVE, a_mandate())


async def test_whoever_never_applied_is_no_seller() -> None:
    uow = MemoryAccounts(companies=[COMPANY])
    with pytest.raises(SellerNotFound):
        await reject_seller(RejectSeller(new_id(), RejectionReason.OTHER, "Apply."), uow, NOW)


async def test_each_answer_of_the_register_is_kept_as_evidence_and_silence_only_once() -> None:
    uow = a_case()
    silence = VatAnswer(VatStatus.UNAVAILABLE, REAL)
    for answer in (silence, replace(silence, checked_at=REAL + timedelta(minutes=1)), valid()):
        await record_vat_answer(RecordVatAnswer(COMPANY.id, FRENCH_VAT, answer), uow, NOW)
    assert [answer for _, _, answer in uow.vat_evidence.rows] == [silence, valid()]
    assert [event.seq for event in uow.published(events.CompanyChanged)] == [3, 4]
    assert uow.companies.rows[COMPANY.id].vat_numbers[0].answer == valid()
