"""The end of a company's account: nothing may be open, not even at the last moment, and what follows."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from accounts.clients.market_files import MarketFiles
from accounts.domain.company import CompanyState
from accounts.domain.erasure import ErasureCause
from accounts.domain.errors import BusinessOpen, CompanyMoveRefused
from accounts.domain.events import (
    CompanyChanged,
    CompanyClosed,
    CompanyClosing,
    CompanyErased,
    CompanyReopened,
    ErasureRequested,
    SignInRevoked,
)
from accounts.domain.policies import MarketRules
from accounts.domain.seller import SellerState
from accounts.domain.user import UserState
from accounts.use_cases.begin_closing import CLOSE_COMPANY, SETTLES_WITHIN, BeginClosing, ClosureReason, begin_closing
from accounts.use_cases.close_company import CloseCompany, close_company
from accounts.use_cases.erase_company import FORGET_EVIDENCE, EraseCompany, erase_company
from accounts.use_cases.forget_evidence import ForgetEvidence, forget_evidence
from accounts.use_cases.weigh_retention import WEIGH_RETENTION, WeighRetention, weigh_retention, years_after
from chassis.kernel.personal_data import Business, OpenItem, Subject
from chassis.policy_files import load_markets
from chassis.web.revocations import ASKED_EVERY_SECONDS
from services.accounts.tests.builders import (
    NOW,
    REAL,
    RULES,
    KnownMarkets,
    MemoryAccounts,
    a_company,
    a_seller,
    a_session,
    an_active_user,
)

COMPANY = a_company()
CAMILLE = an_active_user(company_id=COMPANY.id)
KIM = an_active_user(company_id=COMPANY.id, email="kim@reparo.example", name="Kim Exemple")
AN_ORDER = OpenItem("order", "100001", "shipped")
MARKETS = KnownMarkets()


class FiveYears(KnownMarkets):
    """A market that forgets five years after the last purchase."""

    def rules(self, market: str, on: date) -> MarketRules:
        return replace(RULES, erased_after_years=5)


def accounts(**changes: object) -> MemoryAccounts:
    company = replace(COMPANY, **changes)  # type: ignore[arg-type]
    return MemoryAccounts(companies=[company], users=[CAMILLE, KIM], sessions=[a_session(CAMILLE)])


def a_wish(*open: OpenItem, erase: bool = False, version: int | None = None) -> BeginClosing:
    return BeginClosing(COMPANY.id, ClosureReason.NOT_NEEDED, erase, ErasureCause.OWNER, open, REAL, version)


async def test_nothing_may_be_open_and_the_refusal_says_what_is() -> None:
    uow = accounts()
    with pytest.raises(BusinessOpen) as refused:
        await begin_closing(a_wish(AN_ORDER), uow, NOW)
    assert refused.value.facts["open"] == [{"kind": "order", "id": "100001", "state": "shipped"}]
    assert uow.events == []


async def test_a_seller_is_offboarded_before() -> None:
    seller = a_seller(id=COMPANY.id, state=SellerState.SUSPENDED)
    uow = MemoryAccounts(companies=[COMPANY], sellers=[seller])
    with pytest.raises(BusinessOpen) as refused:
        await begin_closing(a_wish(), uow, NOW)
    assert [one["kind"] for one in refused.value.facts["open"]] == ["seller"]


async def test_nobody_acts_for_a_company_that_closes_and_it_is_looked_at_once_more() -> None:
    uow = accounts()
    company = await begin_closing(a_wish(), uow, NOW)
    assert company.state is CompanyState.CLOSING
    assert [one.subject_id for one in uow.published(SignInRevoked)] == [COMPANY.id]
    assert uow.timers.due(CLOSE_COMPANY, COMPANY.id) == NOW + SETTLES_WITHIN
    assert uow.published(CompanyClosing)[0].reason == "not_needed"
    with pytest.raises(CompanyMoveRefused):
        await begin_closing(a_wish(), uow, NOW)


def test_by_then_every_process_has_asked_whose_tokens_are_refused() -> None:
    assert SETTLES_WITHIN.total_seconds() > ASKED_EVERY_SECONDS


async def test_what_was_begun_at_the_last_moment_reopens_it() -> None:
    uow = accounts(state=CompanyState.CLOSING)
    company = await close_company(CloseCompany(COMPANY.id, (AN_ORDER,), REAL, erase=True), MARKETS, uow, NOW)
    assert company.state is CompanyState.ACTIVE
    assert uow.published(CompanyReopened)[0].open == (AN_ORDER,)
    assert uow.personal_data.erased == []


async def test_it_is_closed_once_and_a_repeat_changes_nothing() -> None:
    uow = accounts(state=CompanyState.CLOSING)
    for _ in range(2):
        assert (await close_company(CloseCompany(COMPANY.id, (), REAL), MARKETS, uow, NOW)).state is CompanyState.CLOSED
    assert len(uow.published(CompanyClosed)) == 1
    assert uow.published(CompanyErased) == []


async def test_who_asked_for_it_is_forgotten_with_all_people_and_proofs_stay_their_time() -> None:
    uow = accounts(state=CompanyState.CLOSING)
    command = CloseCompany(COMPANY.id, (), REAL, erase=True, cause=ErasureCause.OWNER)
    await close_company(command, MARKETS, uow, NOW)
    assert uow.companies.rows[COMPANY.id].state is CompanyState.ERASED
    assert {user.state for user in uow.users.rows.values()} == {UserState.ERASED}
    assert uow.personal_data.erased == [Subject(COMPANY.id)]
    (requested,) = uow.published(ErasureRequested)
    assert (requested.company_id, requested.user_id) == (COMPANY.id, None)
    (erasure,) = uow.erasures.rows.values()
    assert erasure.kept_until == date(NOW.year + 10, 12, 31)
    due = uow.timers.due(FORGET_EVIDENCE, COMPANY.id)
    assert due == datetime(NOW.year + 11, 1, 1, 12, tzinfo=UTC)
    await forget_evidence(ForgetEvidence(COMPANY.id), uow, due)
    assert uow.personal_data.forgotten == [COMPANY.id]


@pytest.mark.parametrize("state", [CompanyState.ACTIVE, CompanyState.CLOSING, CompanyState.ERASED])
async def test_only_what_is_closed_is_forgotten(state: CompanyState) -> None:
    with pytest.raises(CompanyMoveRefused):
        await erase_company(
            EraseCompany(COMPANY.id, ErasureCause.OPERATOR, (), REAL), MARKETS, accounts(state=state), NOW
        )


async def test_a_company_that_never_was_active_is_closed_at_once() -> None:
    uow = accounts(state=CompanyState.PENDING_ACTIVATION)
    assert (await begin_closing(a_wish(), uow, NOW)).state is CompanyState.CLOSED


def weighing(since: datetime, business: Business = Business(), warned_of: datetime | None = None) -> WeighRetention:  # noqa: B008
    return WeighRetention(COMPANY.id, since, business, REAL, warned_of)


async def test_a_month_before_the_time_is_over_people_are_told_and_then_it_goes() -> None:
    uow = accounts()
    due = years_after(NOW, 5)
    await weigh_retention(weighing(NOW), FiveYears(), uow, NOW)
    warn_at = due - timedelta(days=30)
    assert uow.timers.due(WEIGH_RETENTION, COMPANY.id) == warn_at
    await weigh_retention(weighing(NOW), FiveYears(), uow, warn_at)
    assert uow.published(CompanyChanged)[0].what == ("unused",)
    assert uow.timers.due(WEIGH_RETENTION, COMPANY.id) == due
    await weigh_retention(weighing(NOW, warned_of=due), FiveYears(), uow, due)
    assert uow.companies.rows[COMPANY.id].state is CompanyState.CLOSING
    assert uow.published(CompanyClosing)[0].erase


async def test_whoever_buys_again_is_left_in_peace_for_another_five_years() -> None:
    uow = accounts()
    due = years_after(NOW, 5)
    bought = due - timedelta(days=3)
    await weigh_retention(weighing(NOW, Business((), bought), due), FiveYears(), uow, due)
    assert uow.companies.rows[COMPANY.id].state is CompanyState.ACTIVE
    assert uow.timers.due(WEIGH_RETENTION, COMPANY.id) == years_after(bought, 5) - timedelta(days=30)


async def test_what_is_open_puts_it_off_by_a_month() -> None:
    uow = accounts()
    due = years_after(NOW, 5)
    await weigh_retention(weighing(NOW, Business((AN_ORDER,)), due), FiveYears(), uow, due)
    assert uow.timers.due(WEIGH_RETENTION, COMPANY.id) == due + timedelta(days=30)


async def test_where_the_market_forgets_on_request_only_nobody_goes_by_themselves() -> None:
    uow = accounts()
    later = years_after(NOW, 50)
    await weigh_retention(weighing(NOW), MARKETS, uow, later)
    assert uow.companies.rows[COMPANY.id].state is CompanyState.ACTIVE
    assert uow.events == []


def test_a_leap_day_has_its_anniversary_on_the_first_of_march() -> None:
    assert years_after(datetime(2024, 2, 29, tzinfo=UTC), 1) == datetime(2025, 3, 1, tzinfo=UTC)


@pytest.mark.policy("A7", "*")
@pytest.mark.parametrize(
    ("market", "goes_by_itself", "kept_years"),
    [
        ("fr-pro", False, 10),
        ("be-shop", False, 10),
        ("dk-shop", True, 5),
        ("uk-shop", False, 6),
        ("nl-market", False, 7),
    ],
)
async def test_each_market_forgets_when_it_says(market: str, goes_by_itself: bool, kept_years: int) -> None:
    shipped = MarketFiles(load_markets(Path(__file__).parents[4] / "markets"))
    due = years_after(NOW, 5)
    uow = accounts(market=market)
    await weigh_retention(weighing(NOW, warned_of=due), shipped, uow, due)
    assert (uow.companies.rows[COMPANY.id].state is CompanyState.CLOSING) is goes_by_itself
    closed = accounts(market=market, state=CompanyState.CLOSED)
    erasure = await erase_company(EraseCompany(COMPANY.id, ErasureCause.OPERATOR, (), REAL), shipped, closed, NOW)
    assert erasure.kept_until == date(NOW.year + kept_years, 12, 31)
