"""What was taken back is refused, whether the token was seen before or not, and for no longer than it matters."""

import asyncio
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from chassis.kernel.ids import Id, new_id
from chassis.testing.tokens import TestTokens
from chassis.testing.wait import until
from chassis.web.auth import sign
from chassis.web.internal import INTERNAL_TOKEN_HEADER
from chassis.web.problems import Problem
from chassis.web.revocations import (
    KEPT_SECONDS,
    MAKING_SECONDS,
    Revocations,
    ask_for_revocations,
    revocations_from,
)


class Desk:
    """A verifier, and tokens of one person in one session."""

    def __init__(self) -> None:
        self.tokens = TestTokens()
        self.verifier = self.tokens.verifier
        self.person, self.company, self.session = new_id(), new_id(), new_id()
        self.token = self.a_token()

    def a_token(self, **claims: str) -> str:
        said = {
            "sub": str(self.person),
            "company": str(self.company),
            "kind": "buyer",
            "scope": "orders:read",
            "sid": str(self.session),
        }
        return sign(self.tokens.key, {**said, **claims}, seconds=600)

    async def lets_in(self, token: str) -> bool:
        try:
            await self.verifier.subject(token)
        except Problem as problem:
            assert (problem.status_code, problem.code) == (401, "not_signed_in")  # noqa: PT017 - both ways are wanted
            return False
        return True


def just_now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("seen_before", [True, False])
@pytest.mark.parametrize("what", ["session", "person", "company"])
async def test_whatever_a_token_speaks_for_can_be_taken_back(what: str, seen_before: bool) -> None:
    desk = Desk()
    if seen_before:
        assert await desk.lets_in(desk.token)
    desk.verifier.revocations.add(getattr(desk, what), just_now())
    assert not await desk.lets_in(desk.token)
    assert not await desk.lets_in(desk.token)


async def test_others_are_let_in_all_the_same() -> None:
    desk = Desk()
    desk.verifier.revocations.add(new_id(), just_now())
    assert await desk.lets_in(desk.token)
    other_session = desk.a_token(sid=str(new_id()))
    desk.verifier.revocations.add(desk.session, just_now())
    assert await desk.lets_in(other_session)
    assert not await desk.lets_in(desk.token)


async def test_the_session_stands_in_the_subject() -> None:
    desk = Desk()
    assert (await desk.verifier.subject(desk.token)).session_id == desk.session


def test_a_token_made_afterwards_is_good_and_one_that_was_being_made_is_not() -> None:
    revocations, subject, at = Revocations(lambda: 1_000.0), new_id(), datetime.fromtimestamp(1_000, UTC)
    revocations.add(subject, at)
    assert revocations.refuse([subject], 999)
    assert revocations.refuse([None, subject], 1_000 + MAKING_SECONDS)
    assert not revocations.refuse([subject], 1_001 + MAKING_SECONDS)
    assert not revocations.refuse([new_id(), None], 999)


def test_the_latest_holds_whatever_the_order_and_the_old_are_forgotten() -> None:
    now = [10_000.0]
    revocations, subject = Revocations(lambda: now[0]), new_id()
    late, early = (datetime.fromtimestamp(10_000 - ago, UTC) for ago in (0, 60))
    for at in (late, early, late):
        revocations.add(subject, at)
    assert revocations.refuse([subject], 10_000)
    revocations.add(new_id(), datetime.fromtimestamp(now[0] - KEPT_SECONDS - MAKING_SECONDS, UTC))
    now[0] += KEPT_SECONDS
    revocations.forget_old()
    assert revocations.refuse([subject], 9_000)
    now[0] += MAKING_SECONDS
    revocations.forget_old()
    assert not revocations


async def test_whoever_is_asked_may_be_away_for_a_while() -> None:
    revocations, subject, asked = Revocations(), new_id(), []

    async def read() -> Iterable[tuple[Id, datetime]]:
        asked.append(time.monotonic())
        if len(asked) < 3:
            raise httpx.ConnectError("away")
        return [(subject, just_now())]

    task = asyncio.create_task(ask_for_revocations(read, revocations, every_seconds=0.01))

    async def knows_some() -> bool:
        return bool(revocations)

    await until(knows_some, True)
    task.cancel()
    assert len(asked) >= 3
    assert revocations.refuse([subject], time.time())


async def test_accounts_is_asked_with_the_platforms_token() -> None:
    subject, at = new_id(), datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.url.path, request.headers[INTERNAL_TOKEN_HEADER]) == ("/internal/revocations", "inside")
        return httpx.Response(200, json=[{"subject_id": str(subject), "revoked_at": "2026-11-21T09:30:00Z"}])

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    assert list(await revocations_from(client, "http://accounts", "inside")()) == [(subject, at)]


async def test_a_silent_accounts_is_an_error_and_not_an_empty_answer() -> None:
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(503)))
    with pytest.raises(httpx.HTTPStatusError):
        await revocations_from(client, "http://accounts", "inside")()


async def test_a_token_lives_no_longer_than_its_revocation_is_kept() -> None:
    desk = Desk()
    desk.verifier.revocations.add(desk.session, just_now() - timedelta(seconds=KEPT_SECONDS + MAKING_SECONDS + 1))
    assert not desk.verifier.revocations
