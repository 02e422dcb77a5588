"""Keys that expire, are used, and make room for newer ones."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from accounts.domain import events
from accounts.domain.api_key import ApiKey, hash_of, key_text
from accounts.domain.errors import ApiKeyNotFound, ApiKeyRefused, ExpiryPast, ScopesNotYours
from accounts.domain.scopes import GRANT_SECONDS, Grant
from accounts.use_cases.create_api_key import CreateApiKey, create_api_key
from accounts.use_cases.exchange_api_key import ExchangeApiKey, exchange_api_key
from accounts.use_cases.revoke_api_key import RevokeApiKey, revoke_api_key
from accounts.use_cases.rotate_api_key import RotateApiKey, rotate_api_key
from chassis.kernel.ids import new_id
from services.accounts.tests.builders import NOW, REAL, MemoryAccounts, a_company

COMPANY = a_company()
MAKER = Grant(new_id(), COMPANY.id, "buyer", "fr-pro", frozenset({"orders:read", "orders:write"}))
OLD, NEW = key_text(new_id(), "o" * 64), key_text(new_id(), "n" * 64)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def with_key(expires_at: datetime | None = None) -> tuple[MemoryAccounts, ApiKey]:
    uow = MemoryAccounts(companies=[COMPANY])
    scopes = frozenset({"orders:read"})
    command = CreateApiKey(MAKER, new_id(), "ERP", scopes, hash_of(OLD), "oooo", REAL, expires_at)
    return uow, await create_api_key(command, uow, NOW)


def rotate(old: ApiKey, overlap: timedelta, maker: Grant = MAKER) -> RotateApiKey:
    return RotateApiKey(maker, old.id, new_id(), hash_of(NEW), "nnnn", overlap, REAL + HOUR)


async def works(uow: MemoryAccounts, key: str, at: datetime) -> bool:
    try:
        await exchange_api_key(ExchangeApiKey(key, at), uow, NOW)
    except ApiKeyRefused:
        return False
    return True


async def test_a_key_works_until_it_expires_and_no_token_outlives_it() -> None:
    uow, _ = await with_key(REAL + DAY)
    assert await works(uow, OLD, REAL + DAY - timedelta(seconds=1))
    assert not await works(uow, OLD, REAL + DAY)
    grant = await exchange_api_key(ExchangeApiKey(OLD, REAL), uow, NOW)
    assert grant.seconds(REAL) == GRANT_SECONDS
    assert grant.seconds(REAL + DAY - timedelta(seconds=90)) == 90
    assert grant.seconds(REAL + 2 * DAY) == 0
    with pytest.raises(ExpiryPast):
        await with_key(REAL)


async def test_the_last_use_is_noted_once_a_minute_and_is_no_new_version() -> None:
    uow, key = await with_key()
    assert key.last_used_at is None
    for after, noted in ((0, 0), (59, 0), (60, 60)):
        await works(uow, OLD, REAL + timedelta(seconds=after))
        assert uow.api_keys.rows[key.id].last_used_at == REAL + timedelta(seconds=noted)
    assert uow.api_keys.rows[key.id].version == key.version


async def test_both_keys_work_for_the_overlap_and_then_the_new_one() -> None:
    uow, old = await with_key()
    new = await rotate_api_key(rotate(old, DAY), uow, NOW)
    assert (new.name, new.scopes, new.expires_at, new.last_four) == (old.name, old.scopes, None, "nnnn")
    assert await works(uow, OLD, REAL + DAY)
    assert await works(uow, NEW, REAL + DAY)
    assert not await works(uow, OLD, REAL + HOUR + DAY)
    assert await works(uow, NEW, REAL + HOUR + DAY)
    assert uow.published(events.SignInRevoked) == []


async def test_without_an_overlap_the_old_key_is_revoked_at_once() -> None:
    uow, old = await with_key()
    await rotate_api_key(rotate(old, timedelta(0)), uow, NOW)
    assert not await works(uow, OLD, REAL + HOUR)
    assert [event.subject_id for event in uow.published(events.SignInRevoked)] == [old.id]


async def test_a_key_that_expires_gets_as_long_a_life_again_and_no_overlap_beyond_its_own() -> None:
    uow, old = await with_key(REAL + 2 * HOUR)
    new = await rotate_api_key(rotate(old, DAY), uow, NOW)
    assert new.expires_at == REAL + 3 * HOUR
    assert uow.api_keys.rows[old.id].expires_at == REAL + 2 * HOUR


async def test_a_key_is_rotated_by_its_company_with_its_scopes_while_it_works() -> None:
    uow, old = await with_key()
    with pytest.raises(ApiKeyNotFound):
        await rotate_api_key(rotate(old, DAY, replace(MAKER, company_id=new_id())), uow, NOW)
    with pytest.raises(ScopesNotYours):
        await rotate_api_key(rotate(old, DAY, replace(MAKER, scopes=frozenset())), uow, NOW)
    await revoke_api_key(RevokeApiKey(COMPANY.id, old.id, REAL), uow, NOW)
    with pytest.raises(ApiKeyRefused):
        await rotate_api_key(rotate(old, DAY), uow, NOW)
