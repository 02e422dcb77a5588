"""From the wish for another address to signing in with it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.domain import events
from accounts.domain.company import CompanyKind
from accounts.domain.email_change import MOVES, EmailChange, EmailChangeState
from accounts.domain.errors import (
    EmailChangeMoveRefused,
    EmailChangeTooSoon,
    EmailInUse,
    EmailIsTheEnvironments,
    EmailLinkExpired,
    EmailLinkInvalid,
    EmailMixesScripts,
)
from accounts.domain.link_tokens import LinkToken
from accounts.domain.platform import OPERATOR_USER
from accounts.domain.policies import MarketRules
from accounts.use_cases.change_email import ChangeEmail, change_email
from accounts.use_cases.deactivate_person import DeactivatePerson, deactivate_person
from accounts.use_cases.grant_email_change import GrantEmailChange, grant_email_change
from accounts.use_cases.issue_email_link import IssueEmailLink, issue_email_link
from accounts.use_cases.refuse_email_change import RefuseEmailChange, refuse_email_change
from accounts.use_cases.request_email_change import GRANT_EMAIL_CHANGE, RequestEmailChange, request_email_change
from chassis.kernel.ids import Id, new_id
from chassis.testing.walk import check_every_move
from services.accounts.tests.builders import (
    NOW,
    REAL,
    KnownMarkets,
    MemoryAccounts,
    a_company,
    a_session,
    an_active_user,
    an_email_change,
)

COMPANY = a_company()
USER = an_active_user(company_id=COMPANY.id)
NEW = "new@reparo.example"
LIFE = timedelta(hours=72)
MINUTE = timedelta(minutes=1)


class OwnHands(KnownMarkets):
    """A market that leaves addresses to the people themselves."""

    def rules(self, market: str, on: date) -> MarketRules:
        return replace(super().rules(market, on), support_only_fields=frozenset())


def with_account(*others: Any, **changes: Any) -> MemoryAccounts:
    return MemoryAccounts(companies=[replace(COMPANY, **changes)], users=[USER, *others], sessions=[a_session(USER)])


async def ask(
    uow: MemoryAccounts, after: timedelta = timedelta(0), email: str = NEW, user_id: Id = USER.id
) -> EmailChange:
    return await request_email_change(RequestEmailChange(user_id, email, REAL + after), KnownMarkets(), uow, NOW)


async def grant(uow: MemoryAccounts, change: EmailChange, *, by_operator: bool = True) -> EmailChange:
    return await grant_email_change(GrantEmailChange(change.id, REAL, by_operator), KnownMarkets(), uow, NOW)


def use(change: EmailChange, after: timedelta = timedelta(0), nonce: str | None = None) -> ChangeEmail:
    assert change.link is not None
    return ChangeEmail(LinkToken(change.id, nonce or change.link.nonce), "hashed anew", REAL + after)


def told(uow: MemoryAccounts) -> list[tuple[tuple[str, ...], Any]]:
    return [(event.what, event.user_id) for event in uow.published(events.CompanyChanged)]


def test_every_move_of_a_change_of_address() -> None:
    link = an_email_change(USER).grant("n0nce", LIFE, REAL).link

    def in_state(state: EmailChangeState) -> EmailChange:
        return an_email_change(USER, state=state, link=link if state is EmailChangeState.GRANTED else None)

    moves: dict[str, Callable[[EmailChange], EmailChange]] = {
        "grant": lambda one: one.grant("n0nce", LIFE, REAL),
        "refuse": lambda one: one.refuse(),
        "replace": lambda one: one.replace(),
        "use": lambda one: replace(one, version=2, state=MOVES.after("use", one.state)),
    }
    tried = check_every_move(MOVES, EmailChangeState, in_state, moves, lambda one: one.state)
    assert tried == len(EmailChangeState) * len(moves)


async def test_where_the_market_leaves_it_to_support_it_waits_for_support() -> None:
    uow = with_account()
    change = await ask(uow)
    assert change.state is EmailChangeState.ASKED
    assert uow.timers.open == {}
    assert told(uow) == []
    with pytest.raises(EmailLinkInvalid):
        await issue_email_link(IssueEmailLink(USER.id, REAL), uow, NOW)
    await grant(uow, change)
    assert told(uow) == [(("email_change",), USER.id)]
    issued = await issue_email_link(IssueEmailLink(USER.id, REAL), uow, NOW)
    assert (issued.user.email, issued.user.id) == (NEW, USER.id)


async def test_elsewhere_an_errand_grants_it_at_once() -> None:
    uow = with_account()
    change = await request_email_change(RequestEmailChange(USER.id, NEW, REAL), OwnHands(), uow, NOW)
    assert uow.timers.due(GRANT_EMAIL_CHANGE, change.id) == NOW


async def test_the_new_address_signs_in_the_old_one_is_dead_and_every_session_ended() -> None:
    uow = with_account()
    granted = await grant(uow, await ask(uow))
    await change_email(use(granted, LIFE - timedelta(seconds=1)), uow, NOW)
    user = uow.users.rows[USER.id]
    assert (user.email, user.password_hash) == (NEW, "hashed anew")
    assert await uow.users.find_by_email(USER.email) is None
    assert await uow.sessions.open_of(USER.id) == []
    assert len(uow.published(events.SignInRevoked)) == 1
    with pytest.raises(EmailLinkInvalid):
        await change_email(use(granted), uow, NOW)


async def test_mails_to_the_company_follow_its_person_and_leave_another_contact_alone() -> None:
    # The contact is kept as it was typed.
    uow = with_account(contact=replace(COMPANY.contact, email=USER.email.upper()))
    await change_email(use(await grant(uow, await ask(uow))), uow, NOW)
    assert uow.companies.rows[COMPANY.id].contact.email == NEW
    assert told(uow)[-1] == (("contact",), None)
    other = replace(COMPANY.contact, email="office@reparo.example")
    uow = with_account(contact=other)
    await change_email(use(await grant(uow, await ask(uow))), uow, NOW)
    assert uow.companies.rows[COMPANY.id].contact == other
    assert told(uow)[-1] == (("email",), USER.id)


async def test_who_has_left_the_company_gets_no_password_by_an_old_link() -> None:
    uow = with_account(an_active_user(company_id=COMPANY.id))
    granted = await grant(uow, await ask(uow))
    await deactivate_person(DeactivatePerson(COMPANY.id, USER.id, REAL), uow, NOW)
    with pytest.raises(EmailLinkInvalid):
        await change_email(use(granted), uow, NOW)
    left = uow.users.rows[USER.id]
    assert (left.email, left.password_hash) == (USER.email, None)


async def test_a_link_works_in_time_and_only_the_right_one() -> None:
    uow = with_account()
    granted = await grant(uow, await ask(uow))
    with pytest.raises(EmailLinkExpired):
        await change_email(use(granted, LIFE), uow, NOW)
    with pytest.raises(EmailLinkInvalid):
        await change_email(use(granted, nonce="guessed"), uow, NOW)
    with pytest.raises(EmailLinkInvalid):
        await change_email(replace(use(granted), token=LinkToken(new_id(), "n0nce")), uow, NOW)
    assert uow.users.rows[USER.id].email == USER.email


async def test_a_newer_wish_replaces_the_one_before_and_there_is_one_a_minute() -> None:
    uow = with_account()
    first = await grant(uow, await ask(uow))
    with pytest.raises(EmailChangeTooSoon):
        await ask(uow, MINUTE - timedelta(seconds=1))
    await ask(uow, MINUTE, "newer@reparo.example")
    with pytest.raises(EmailLinkInvalid):
        await change_email(use(first), uow, NOW)
    assert [one.email for one in await uow.email_changes.pending_of(USER.id)] == ["newer@reparo.example"]


async def test_of_a_taken_address_its_owner_hears_and_the_asker_does_not() -> None:
    neighbour = a_company(id=new_id())
    owner = an_active_user(company_id=neighbour.id, email=NEW)
    uow = MemoryAccounts(companies=[COMPANY, neighbour], users=[USER, owner])
    change = await ask(uow)
    await grant(uow, change, by_operator=False)
    assert told(uow) == [(("email_change",), USER.id), (("email_wanted",), owner.id)]
    with pytest.raises(EmailInUse):
        await issue_email_link(IssueEmailLink(USER.id, REAL), uow, NOW)


async def test_of_a_colleagues_address_both_are_told_in_one_story_of_their_company() -> None:
    owner = an_active_user(company_id=COMPANY.id, email=NEW)
    uow = with_account(owner)
    await grant(uow, await ask(uow), by_operator=False)
    assert [event.seq for event in uow.published(events.CompanyChanged)] == [COMPANY.version + 1, COMPANY.version + 2]


async def test_the_operator_is_told_that_an_address_is_taken() -> None:
    uow = with_account(an_active_user(company_id=COMPANY.id, email=NEW))
    change = await ask(uow)
    with pytest.raises(EmailInUse):
        await grant(uow, change)
    await refuse_email_change(RefuseEmailChange(change.id), uow, NOW)
    with pytest.raises(EmailChangeMoveRefused):
        await grant(uow, change, by_operator=False)


async def test_an_address_in_two_alphabets_is_refused_and_the_operators_is_the_environments() -> None:
    with pytest.raises(EmailMixesScripts):
        await ask(with_account(), email="n\u0435w@reparo.example")
    with pytest.raises(EmailIsTheEnvironments):
        await ask(
            MemoryAccounts(
                companies=[a_company(id=COMPANY.id, kind=CompanyKind.OPERATOR, market=None)],
                users=[an_active_user(id=OPERATOR_USER, company_id=COMPANY.id)],
            ),
            user_id=OPERATOR_USER,
        )
