"""Signing in with a password, and exchanging API keys."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain.api_key import hash_of, key_text
from accounts.domain.erasure import ErasureCause
from accounts.domain.errors import (
    ApiKeyNotFound,
    ApiKeyRefused,
    CompanyNotActive,
    ScopesNotYours,
    SignInRefused,
    TooManySignIns,
)
from accounts.domain.scopes import Grant, Role, scopes_of_person
from accounts.use_cases.begin_closing import BeginClosing, ClosureReason, begin_closing
from accounts.use_cases.begin_sign_in import BeginSignIn, SignInAttempt, begin_sign_in
from accounts.use_cases.complete_sign_in import CompleteSignIn, complete_sign_in
from accounts.use_cases.create_api_key import CreateApiKey, create_api_key
from accounts.use_cases.exchange_api_key import ExchangeApiKey, exchange_api_key
from accounts.use_cases.revoke_api_key import RevokeApiKey, revoke_api_key
from chassis.kernel.ids import new_id
from services.accounts.tests.builders import (
    DEVICE,
    NOW,
    REAL,
    SIGN_INS,
    SOURCE,
    MemoryAccounts,
    a_company,
    a_user,
    an_active_user,
)

COMPANY = a_company()
USER = an_active_user(company_id=COMPANY.id)
BUYER = Grant(USER.id, COMPANY.id, "buyer", "fr-pro", scopes_of_person("buyer", Role.OWNER), role="owner")
KEY = key_text(new_id(), "s" * 64)


COMPLETE = CompleteSignIn(SignInAttempt(USER.email, SOURCE, USER.id, USER.password_hash), DEVICE, REAL)


def with_account() -> MemoryAccounts:
    return MemoryAccounts(companies=[COMPANY], users=[USER])


def begin(email: str = USER.email, after: timedelta = timedelta(0)) -> BeginSignIn:
    return BeginSignIn(email, SOURCE, REAL + after)


def make(*scopes: str) -> CreateApiKey:
    return CreateApiKey(BUYER, new_id(), "ERP", frozenset(scopes), hash_of(KEY), "ssss", REAL)


async def test_a_known_address_gives_the_hash_to_compare_with() -> None:
    attempt = await begin_sign_in(begin(" CAMILLE@Reparo.example"), with_account(), NOW)
    assert (attempt.user_id, attempt.password_hash) == (USER.id, "hashed")


async def test_an_unknown_address_and_an_inactive_person_look_alike() -> None:
    uow = MemoryAccounts(companies=[COMPANY], users=[a_user(company_id=COMPANY.id)])
    attempts = [await begin_sign_in(begin(email), uow, NOW) for email in (USER.email, "nobody@else.example")]
    assert {(one.user_id, one.password_hash) for one in attempts} == {(None, None)}


async def test_the_sixth_attempt_in_fifteen_minutes_is_refused_and_later_ones_are_not() -> None:
    uow = with_account()
    for minute in range(5):
        await begin_sign_in(begin(after=timedelta(minutes=minute)), uow, NOW)
    with pytest.raises(TooManySignIns):
        await begin_sign_in(begin(after=timedelta(minutes=15)), uow, NOW)
    await begin_sign_in(begin(after=timedelta(minutes=15, seconds=1)), uow, NOW)


async def test_addresses_without_an_account_are_limited_too_and_do_not_limit_others() -> None:
    uow = with_account()
    for _ in range(5):
        await begin_sign_in(begin("nobody@else.example"), uow, NOW)
    with pytest.raises(TooManySignIns):
        await begin_sign_in(begin("nobody@else.example"), uow, NOW)
    await begin_sign_in(begin(), uow, NOW)


async def test_the_right_password_grants_what_the_kind_may_do_and_forgets_the_attempts() -> None:
    uow = with_account()
    for _ in range(5):
        await begin_sign_in(begin(), uow, NOW)
    opened = await complete_sign_in(COMPLETE, SIGN_INS, uow, NOW)
    assert replace(opened.grant, session_id=None) == BUYER
    assert uow.sessions.rows[opened.session.id] == opened.session
    assert opened.grant.session_id == opened.session.id
    await begin_sign_in(begin(), uow, NOW)


async def test_a_password_that_was_replaced_while_it_was_compared_opens_no_session() -> None:
    uow = MemoryAccounts(companies=[COMPANY], users=[replace(USER, version=2, password_hash="newer")])
    with pytest.raises(SignInRefused):
        await complete_sign_in(COMPLETE, SIGN_INS, uow, NOW)
    assert uow.sessions.rows == {}


async def test_a_closed_company_signs_in_no_more_and_its_keys_open_nothing() -> None:
    uow = with_account()
    await create_api_key(make("orders:read"), uow, NOW)
    closing = BeginClosing(COMPANY.id, ClosureReason.ABUSE, False, ErasureCause.OPERATOR, (), REAL)
    await begin_closing(closing, uow, NOW)
    with pytest.raises(CompanyNotActive):
        await complete_sign_in(COMPLETE, SIGN_INS, uow, NOW)
    with pytest.raises(CompanyNotActive):
        await exchange_api_key(ExchangeApiKey(KEY, REAL), uow, NOW)
    with pytest.raises(CompanyNotActive):
        await create_api_key(make("orders:read"), uow, NOW)


async def test_a_key_is_exchanged_for_its_own_scopes() -> None:
    uow = with_account()
    key = await create_api_key(make("orders:read", "orders:write"), uow, NOW)
    grant = await exchange_api_key(ExchangeApiKey(KEY, REAL), uow, NOW)
    assert grant == Grant(key.id, COMPANY.id, "buyer", "fr-pro", frozenset({"orders:read", "orders:write"}))


async def test_nobody_makes_a_key_that_can_do_more_than_he_can() -> None:
    uow = with_account()
    with pytest.raises(ScopesNotYours):
        await create_api_key(make("orders:read", "stock:write"), uow, NOW)
    assert uow.api_keys.rows == {}


async def test_an_unknown_and_a_revoked_key_are_refused_alike() -> None:
    uow = with_account()
    key = await create_api_key(make("orders:read"), uow, NOW)
    await revoke_api_key(RevokeApiKey(COMPANY.id, key.id, REAL), uow, NOW)
    for text in (KEY, KEY + "0"):
        with pytest.raises(ApiKeyRefused):
            await exchange_api_key(ExchangeApiKey(text, REAL), uow, NOW)


async def test_another_companys_key_cannot_be_revoked_nor_be_seen_to_exist() -> None:
    uow = with_account()
    key = await create_api_key(make("orders:read"), uow, NOW)
    with pytest.raises(ApiKeyNotFound):
        await revoke_api_key(RevokeApiKey(new_id(), key.id, REAL), uow, NOW)
    with pytest.raises(ApiKeyNotFound):
        await revoke_api_key(RevokeApiKey(COMPANY.id, new_id(), REAL), uow, NOW)
    assert uow.api_keys.rows[key.id].revoked_at is None
