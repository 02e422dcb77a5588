"""A session is renewed, ended here or elsewhere, and whatever ends it is heard everywhere."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.domain import events
from accounts.domain.api_key import ApiKey
from accounts.domain.company import CompanyState
from accounts.domain.erasure import ErasureCause
from accounts.domain.errors import CompanyNotActive, SessionEnded, SessionNotFound
from accounts.domain.link_tokens import LinkToken
from accounts.domain.refresh_tokens import RefreshToken
from accounts.domain.session import Session
from accounts.domain.user import Link
from accounts.use_cases.begin_closing import BeginClosing, ClosureReason, begin_closing
from accounts.use_cases.end_other_sessions import EndOtherSessions, end_other_sessions
from accounts.use_cases.end_session import EndSession, end_session
from accounts.use_cases.open_session import OpenSession
from accounts.use_cases.refresh_session import RefreshSession, refresh_session
from accounts.use_cases.reset_password import ResetPassword, reset_password
from accounts.use_cases.revoke_api_key import RevokeApiKey, revoke_api_key
from chassis.kernel.ids import Id, new_id
from services.accounts.tests.builders import (
    LIFETIMES,
    NOW,
    REAL,
    SIGN_INS,
    MemoryAccounts,
    a_company,
    a_session,
    an_active_user,
)

COMPANY = a_company()
USER = an_active_user(company_id=COMPANY.id)
SESSION = a_session(USER)
HOUR = timedelta(hours=1)


def signed_in(*more: Session) -> MemoryAccounts:
    return MemoryAccounts(companies=[COMPANY], users=[USER], sessions=[SESSION, *more])


async def refresh(uow: MemoryAccounts, generation: int, after: timedelta) -> OpenSession | None:
    command = RefreshSession(RefreshToken(SESSION.id, generation), REAL + after)
    return await refresh_session(command, SIGN_INS, uow, NOW)


def revoked(uow: MemoryAccounts) -> set[tuple[str, Id]]:
    told = {(str(one.kind), one.subject_id) for one in uow.published(events.SignInRevoked)}
    assert told == {(str(one.kind), one.subject_id) for one in uow.revocations.rows}
    return told


async def test_a_session_goes_on_with_a_new_refresh_token_each_time() -> None:
    uow = signed_in()
    for generation in (1, 2, 3):
        opened = await refresh(uow, generation, generation * HOUR)
        assert opened is not None
        assert (opened.session.generation, opened.grant.session_id) == (generation + 1, SESSION.id)
    assert revoked(uow) == set()


async def test_an_answer_that_was_lost_is_given_again_for_ten_seconds() -> None:
    uow = signed_in()
    await refresh(uow, 1, HOUR)
    again = await refresh(uow, 1, HOUR + timedelta(seconds=9))
    assert again is not None
    assert again.session.generation == 2
    assert await refresh(uow, 1, HOUR + timedelta(seconds=10)) is None


async def test_an_old_refresh_token_ends_the_session_for_both_who_have_one() -> None:
    uow = signed_in()
    for generation in (1, 2):
        await refresh(uow, generation, generation * HOUR)
    assert await refresh(uow, 1, 3 * HOUR) is None
    assert revoked(uow) == {("session", SESSION.id)}
    with pytest.raises(SessionEnded):
        await refresh(uow, 3, 3 * HOUR)


async def test_a_session_ends_by_rest_and_by_age() -> None:
    with pytest.raises(SessionEnded):
        await refresh(signed_in(), 1, LIFETIMES.idle)
    uow, generation, at = signed_in(), 1, timedelta(0)
    while at + 11 * HOUR < LIFETIMES.longest:
        at += 11 * HOUR
        assert await refresh(uow, generation, at) is not None
        generation += 1
    with pytest.raises(SessionEnded):
        await refresh(uow, generation, LIFETIMES.longest)


async def test_no_session_no_token() -> None:
    with pytest.raises(SessionEnded):
        await refresh_session(RefreshSession(RefreshToken(new_id(), 1), REAL), SIGN_INS, signed_in(), NOW)


async def test_a_session_of_a_closed_company_is_not_renewed() -> None:
    closed = replace(COMPANY, state=CompanyState.CLOSED)
    uow = MemoryAccounts(companies=[closed], users=[USER], sessions=[SESSION])
    with pytest.raises(CompanyNotActive):
        await refresh(uow, 1, HOUR)


async def test_a_person_signs_out_here_or_everywhere_else() -> None:
    here, there, far = a_session(USER), a_session(USER), a_session(USER)
    uow = signed_in(here, there, far)
    await end_session(EndSession(USER.id, there.id, REAL), uow, NOW)
    assert revoked(uow) == {("session", there.id)}
    await end_session(EndSession(USER.id, there.id, REAL), uow, NOW)
    assert len(uow.revocations.rows) == 1
    await end_other_sessions(EndOtherSessions(USER.id, here.id, REAL), uow, NOW)
    assert revoked(uow) == {("session", one.id) for one in (there, far, SESSION)}
    assert [one.id for one in await uow.sessions.open_of(USER.id)] == [here.id]


async def test_somebody_elses_session_cannot_be_seen_to_exist() -> None:
    uow = signed_in()
    for session_id in (SESSION.id, new_id()):
        with pytest.raises(SessionNotFound):
            await end_session(EndSession(new_id(), session_id, REAL), uow, NOW)
    assert revoked(uow) == set()


async def test_a_new_password_signs_out_everywhere() -> None:
    other = a_session(an_active_user(email="other@reparo.example"))
    user = replace(USER, password_link=Link("n0nce", REAL + HOUR, REAL, HOUR))
    uow = MemoryAccounts(companies=[COMPANY], users=[user], sessions=[SESSION, other])
    await reset_password(ResetPassword(LinkToken(USER.id, "n0nce"), "hashed anew", REAL), uow, NOW)
    assert revoked(uow) == {("session", SESSION.id)}
    with pytest.raises(SessionEnded):
        await refresh(uow, 1, HOUR)


async def test_a_closed_company_and_a_revoked_key_are_heard_everywhere() -> None:
    key = ApiKey(new_id(), 1, COMPANY.id, "buyer", "fr-pro", "ERP", frozenset(), "hash", REAL)
    uow = MemoryAccounts(companies=[COMPANY], users=[USER], api_keys=[key])
    await revoke_api_key(RevokeApiKey(COMPANY.id, key.id, REAL), uow, NOW)
    closing = BeginClosing(COMPANY.id, ClosureReason.ABUSE, False, ErasureCause.OPERATOR, (), REAL)
    await begin_closing(closing, uow, NOW)
    assert revoked(uow) == {("api_key", key.id), ("company", COMPANY.id)}
