"""From a forgotten password to another one."""

from datetime import timedelta

import pytest

from accounts.domain import events
from accounts.domain.attempts import ATTEMPTS_MAX
from accounts.domain.company import CompanyKind, CompanyState
from accounts.domain.errors import CompanyNotActive, PasswordLinkExpired, PasswordLinkInvalid
from accounts.domain.link_tokens import LinkToken
from accounts.domain.platform import OPERATOR_USER
from accounts.use_cases.begin_sign_in import BeginSignIn, begin_sign_in
from accounts.use_cases.issue_password_link import IssuePasswordLink, issue_password_link
from accounts.use_cases.request_password_mail import RequestPasswordMail, request_password_mail
from accounts.use_cases.reset_password import ResetPassword, reset_password
from accounts.use_cases.wish_for_mail import MailWish, WishForMail, wish_for_mail
from chassis.kernel.ids import Id, new_id
from services.accounts.tests.builders import (
    NOW,
    REAL,
    SOURCE,
    KnownMarkets,
    MemoryAccounts,
    a_company,
    a_seller,
    a_user,
    an_active_user,
)

COMPANY = a_company()
USER = an_active_user(company_id=COMPANY.id)
HOUR = timedelta(minutes=60)


def with_account(**changes: object) -> MemoryAccounts:
    return MemoryAccounts(companies=[a_company(id=COMPANY.id, **changes)], users=[USER])


async def ask(uow: MemoryAccounts, after: timedelta = timedelta(0), user_id: Id = USER.id) -> str | None:
    """Ask for the mail; the nonce of its link, if there is one to mail."""
    await request_password_mail(RequestPasswordMail(user_id, REAL + after), KnownMarkets(), uow, NOW)
    link = uow.users.rows[user_id].password_link if user_id in uow.users.rows else None
    return link.nonce if link else None


def use(nonce: str | None, after: timedelta = timedelta(0), user_id: Id = USER.id) -> ResetPassword:
    return ResetPassword(LinkToken(user_id, nonce or ""), "hashed anew", REAL + after)


async def test_the_link_sets_the_password_once_and_both_steps_are_told() -> None:
    uow = with_account()
    nonce = await ask(uow)
    await reset_password(use(nonce), uow, NOW)
    assert uow.users.rows[USER.id].password_hash == "hashed anew"
    told = [(event.what, event.user_id) for event in uow.published(events.CompanyChanged)]
    assert told == [(("password_link",), USER.id), (("password",), USER.id)]
    with pytest.raises(PasswordLinkInvalid):
        await reset_password(use(nonce), uow, NOW)


async def test_the_link_works_for_as_long_as_the_market_says() -> None:
    for after, works in ((HOUR - timedelta(seconds=1), True), (HOUR, False)):
        uow = with_account()
        nonce = await ask(uow)
        if works:
            await reset_password(use(nonce, after), uow, NOW)
            continue
        with pytest.raises(PasswordLinkExpired):
            await reset_password(use(nonce, after), uow, NOW)
        assert uow.users.rows[USER.id].password_hash == "hashed"


async def test_only_the_newest_link_works_and_there_is_one_a_minute() -> None:
    uow = with_account()
    first = await ask(uow)
    assert await ask(uow, timedelta(seconds=59)) == first
    second = await ask(uow, timedelta(seconds=60))
    assert second != first
    assert len(uow.published(events.CompanyChanged)) == 2
    with pytest.raises(PasswordLinkInvalid):
        await reset_password(use(first, timedelta(seconds=61)), uow, NOW)
    await reset_password(use(second, timedelta(seconds=61)), uow, NOW)


async def test_a_strangers_link_does_not_work() -> None:
    uow = with_account()
    nonce = await ask(uow)
    with pytest.raises(PasswordLinkInvalid):
        await reset_password(use(nonce, user_id=new_id()), uow, NOW)
    with pytest.raises(PasswordLinkInvalid):
        await reset_password(use("guessed"), uow, NOW)


async def test_a_seller_follows_the_rules_of_its_first_market() -> None:
    seller = a_seller(id=COMPANY.id, markets=("be-shop", "fr-pro"))
    company = a_company(id=COMPANY.id, kind=CompanyKind.SELLER, market=None)
    uow = MemoryAccounts(
        companies=[company], users=[an_active_user(id=USER.id, company_id=company.id)], sellers=[seller]
    )
    assert await ask(uow) is not None


async def test_nobody_a_person_without_a_password_the_operator_and_a_closed_company_get_no_mail() -> None:
    uow = with_account()
    await ask(uow, user_id=new_id())
    assert await ask(with_account(state=CompanyState.CLOSED)) is None
    for person in (a_user(id=USER.id, company_id=COMPANY.id), an_active_user(id=OPERATOR_USER, kind="operator")):
        assert (
            await ask(MemoryAccounts(companies=[a_company(id=person.company_id)], users=[person]), user_id=person.id)
            is None
        )
    assert uow.collected() == []


async def test_a_company_that_was_closed_in_the_meantime_lets_nobody_in() -> None:
    uow = with_account()
    nonce = await ask(uow)
    uow.companies.rows[COMPANY.id] = a_company(id=COMPANY.id, version=3, state=CompanyState.CLOSED)
    with pytest.raises(CompanyNotActive):
        await reset_password(use(nonce), uow, NOW)
    assert uow.users.rows[USER.id].password_hash == "hashed"


async def test_whoever_reads_the_mail_is_no_longer_held_off_by_failed_sign_ins() -> None:
    uow = with_account()
    for _ in range(ATTEMPTS_MAX):
        await begin_sign_in(BeginSignIn(USER.email, SOURCE, REAL), uow, NOW)
    await reset_password(use(await ask(uow)), uow, NOW)
    assert (await begin_sign_in(BeginSignIn(USER.email, SOURCE, REAL), uow, NOW)).user_id == USER.id


async def test_the_mail_gets_the_newest_link_and_none_that_works_no_more() -> None:
    uow = with_account()
    nonce = await ask(uow)
    issued = await issue_password_link(IssuePasswordLink(USER.id, REAL), uow, NOW)
    assert (issued.link.nonce, issued.link.expires_at) == (nonce, REAL + HOUR)
    with pytest.raises(PasswordLinkExpired):
        await issue_password_link(IssuePasswordLink(USER.id, REAL + HOUR), uow, NOW)
    await reset_password(use(nonce), uow, NOW)
    with pytest.raises(PasswordLinkInvalid):
        await issue_password_link(IssuePasswordLink(USER.id, REAL), uow, NOW)


@pytest.mark.parametrize("wish", list(MailWish))
async def test_a_wish_is_one_errand_whoever_it_is_about(wish: MailWish) -> None:
    uow = with_account()
    for email in ("CAMILLE@reparo.example", "nobody@else.example", "nobody@else.example"):
        await wish_for_mail(WishForMail(wish, email), uow, NOW)
    known, unknown = uow.timers.open
    assert known == (wish, USER.id)
    assert unknown[1] not in uow.users.rows
    assert list(uow.timers.open.values()) == [(NOW, {}), (NOW, {})]
