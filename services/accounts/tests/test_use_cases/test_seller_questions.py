"""The operator asks, the applicant answers or does not, and a seller goes for good."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from accounts.clients.market_files import MarketFiles
from accounts.domain import events
from accounts.domain.company import CompanyKind
from accounts.domain.errors import SellerMoveRefused
from accounts.domain.seller import Info, InfoReason, OffboardingReason, RejectionReason, SellerState
from accounts.use_cases.approve_seller import ApproveSeller, approve_seller
from accounts.use_cases.forget_question import APPLICATION_LAPSE, INFO_REMINDER
from accounts.use_cases.give_seller_info import GiveSellerInfo, give_seller_info
from accounts.use_cases.lapse_application import LapseApplication, lapse_application
from accounts.use_cases.offboard_seller import OffboardSeller, offboard_seller
from accounts.use_cases.reject_seller import RejectSeller, reject_seller
from accounts.use_cases.remind_seller import RemindSeller, remind_seller
from accounts.use_cases.request_seller_info import RequestSellerInfo, request_seller_info
from accounts.use_cases.start_seller_review import StartSellerReview, start_seller_review
from chassis.kernel.numbers import IbanInvalid
from chassis.policy_files import load_markets
from services.accounts.tests.builders import IBAN, NOW, KnownMarkets, MemoryAccounts, a_company, a_mandate, a_seller

MARKETS = KnownMarkets()
SHIPPED = MarketFiles(load_markets(Path(__file__).parents[4] / "markets"))
COMPANY = a_company(kind=CompanyKind.SELLER, market=None)
ID = COMPANY.id
ASK = RequestSellerInfo(ID, InfoReason.DOCUMENTS_MISSING, "Send the extract of the register.")


def a_case(state: SellerState = SellerState.SUBMITTED, **changes: object) -> MemoryAccounts:
    return MemoryAccounts(companies=[COMPANY], sellers=[a_seller(id=ID, state=state, **changes)])


async def test_a_question_is_answered_and_the_case_goes_on() -> None:
    uow = a_case()
    await start_seller_review(StartSellerReview(ID), uow, NOW)
    asked = await request_seller_info(ASK, MARKETS, uow, NOW)
    assert (asked.state, asked.reason, asked.next_step) == (
        SellerState.INFO_REQUESTED,
        "documents_missing",
        "Send the extract of the register.",
    )
    with pytest.raises(SellerMoveRefused):
        await approve_seller(ApproveSeller(ID), MARKETS, uow, NOW)
    info = Info("Here it is.", payout_iban="FR76 3000 6000 0112 3456 7890 189", payout_holder="Reparo SA")
    answered = await give_seller_info(GiveSellerInfo(ID, info), uow, NOW)
    assert (answered.state, answered.answer) == (SellerState.IN_REVIEW, "Here it is.")
    assert (answered.payout_iban, answered.payout_holder, answered.support_phone) == (
        IBAN,
        "Reparo SA",
        a_seller().support_phone,
    )
    assert not uow.has_set_timers()
    approved = await approve_seller(ApproveSeller(ID), MARKETS, uow, NOW)
    assert approved.state is SellerState.APPROVED


async def test_a_mistyped_iban_is_refused_and_the_question_stays_open() -> None:
    uow = a_case()
    await request_seller_info(ASK, MARKETS, uow, NOW)
    with pytest.raises(IbanInvalid):
        await give_seller_info(GiveSellerInfo(ID, Info("Here.", payout_iban="FR7630006000011234567890180")), uow, NOW)
    assert uow.timers.due(APPLICATION_LAPSE, ID) is not None


@pytest.mark.policy("1.2", "*")
@pytest.mark.parametrize(
    ("market", "reminded"),
    [
        ("fr-pro", "2026-12-30T09:00"),
        ("be-shop", "2026-12-30T09:00"),
        ("dk-shop", "2026-12-30T09:00"),
        ("uk-shop", "2026-12-31T09:00"),
        ("nl-market", "2026-12-30T09:00"),
    ],
)
async def test_an_applicant_is_reminded_after_five_business_days_and_lapses_after_thirty(
    market: str, reminded: str
) -> None:
    uow = a_case(markets=(market,))
    asked_at = datetime(2026, 12, 22, 9, tzinfo=UTC)
    await request_seller_info(ASK, SHIPPED, uow, asked_at)
    assert uow.timers.due(INFO_REMINDER, ID) == datetime.fromisoformat(reminded).replace(tzinfo=UTC)
    assert uow.timers.due(APPLICATION_LAPSE, ID) == datetime(2027, 1, 21, 9, tzinfo=UTC)


async def test_who_does_not_answer_is_reminded_and_then_refused_with_the_question_as_next_step() -> None:
    uow = a_case()
    await request_seller_info(ASK, MARKETS, uow, NOW)
    await remind_seller(RemindSeller(ID), uow, NOW)
    assert [event.reason for event in uow.published(events.SellerReminded)] == ["documents_missing"]
    await lapse_application(LapseApplication(ID), uow, NOW)
    seller = uow.sellers.rows[ID]
    assert (seller.state, seller.reason, seller.next_step) == (SellerState.REJECTED, "lapsed", ASK.next_step)
    assert [event.reason for event in uow.published(events.SellerRejected)] == ["lapsed"]
    assert not uow.has_set_timers()


async def test_a_deadline_that_comes_after_the_answer_changes_nothing() -> None:
    uow = a_case(SellerState.IN_REVIEW)
    await remind_seller(RemindSeller(ID), uow, NOW)
    await lapse_application(LapseApplication(ID), uow, NOW)
    assert (uow.sellers.rows[ID].state, uow.events) == (SellerState.IN_REVIEW, [])


async def test_a_refusal_ends_the_question() -> None:
    uow = a_case()
    await request_seller_info(ASK, MARKETS, uow, NOW)
    await reject_seller(RejectSeller(ID, RejectionReason.QUALITY, "Apply again."), uow, NOW)
    assert not uow.has_set_timers()


async def test_a_seller_that_is_gone_stays_gone() -> None:
    uow = a_case(SellerState.ACTIVE, mandate=a_mandate())
    gone = await offboard_seller(OffboardSeller(ID, OffboardingReason.OWN_WISH), uow, NOW)
    assert (gone.state, gone.reason) == (SellerState.OFFBOARDED, "own_wish")
    with pytest.raises(SellerMoveRefused):
        await approve_seller(ApproveSeller(ID), MARKETS, uow, NOW)
