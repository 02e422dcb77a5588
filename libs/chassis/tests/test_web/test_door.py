"""The HTTP door: one problem shape for every refusal, sign-ins verified, writes answered once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any

import httpx
import pytest
import time_machine
from fastapi import APIRouter, Request
from joserfc.jwk import ECKey
from pydantic import BaseModel
from sqlalchemy import text as statement
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.responses import Response
from toy.service import RaiseCounter, ToyUnitOfWork, raise_counter

from chassis.db.executor import Executor
from chassis.kernel.ids import Id, new_id
from chassis.testing.tokens import TestTokens
from chassis.web.app import database_check, make_app
from chassis.web.auth import LEEWAY_SECONDS, Subject, require, sign
from chassis.web.internal import internal_router
from chassis.web.pages import Page, Paging
from chassis.web.problems import Problem
from chassis.web.writes import Write

pytestmark = pytest.mark.storage

router = APIRouter()


class Step(BaseModel, extra="forbid"):
    step: int


@router.post("/v1/counters/{counter_id}/raises")
async def raise_it(
    counter_id: Id, body: Step, write: Write, subject: Annotated[Subject, require("counters:write")]
) -> Response:
    work = partial(raise_counter, RaiseCounter(counter_id, body.step))
    return await write.answer(
        subject.tenant, work, lambda total: {"total": total}, status=201, location=lambda total: f"/v1/totals/{total}"
    )


@router.get("/v1/numbers")
async def list_numbers(paging: Paging) -> Page[int]:
    start = int(paging.after[0]) + 1 if paging.after else 0
    items = list(range(start, min(start + paging.limit, 5)))
    return paging.page(items, [items[-1]] if items and items[-1] < 4 else None)


@router.get("/v1/texts")
async def look_up(request: Request, text: str) -> str:
    executor: Executor[Any] = request.app.state.executor
    async with executor.engine.connect() as connection:
        found: str = (await connection.execute(statement("select cast(:text as text)"), {"text": text})).scalar_one()
    return found


@router.get("/v1/lost")
async def lose(request: Request, way: str) -> None:
    executor: Executor[Any] = request.app.state.executor
    if way == "server":
        # Nobody listens on port 1.
        nowhere = create_async_engine(executor.engine.url.set(port=1))
        async with nowhere.connect():
            return
    async with executor.engine.connect() as connection:
        if way == "driver":
            lent = await connection.get_raw_connection()
            assert lent.driver_connection is not None
            await lent.driver_connection.execute("select pg_terminate_backend(pg_backend_pid())")
        await connection.execute(statement("select pg_terminate_backend(pg_backend_pid())"))


@router.get("/v1/bug")
async def bug() -> int:
    raise RuntimeError("secret inside")


async def no_lag() -> int:
    return 0


@pytest.fixture
async def client(executor: Executor[ToyUnitOfWork], tokens: TestTokens) -> AsyncIterator[httpx.AsyncClient]:
    app = make_app(
        title="toy",
        description="",
        routers=[router, internal_router("toy", no_lag, None, sandbox_mode=True)],
        checks=[database_check(executor.engine)],
        body_max_bytes=1000,
    )
    app.state.executor = executor
    app.state.verifier = tokens.verifier
    app.state.internal_token = "inside"
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://toy") as client:
        yield client


@pytest.fixture
def tokens() -> TestTokens:
    return TestTokens()


def problem_of(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == f"urn:regrade:problem:{body['code']}"
    assert body["status"] == response.status_code
    return response.status_code, body["code"]


async def test_a_write_is_answered_once_per_key(client: httpx.AsyncClient, tokens: TestTokens) -> None:
    url = f"/v1/counters/{new_id()}/raises"
    headers = tokens.headers("buyer", new_id(), "counters:write", key="k1")
    first = await client.post(url, json={"step": 2}, headers=headers)
    again = await client.post(url, json={"step": 2}, headers=headers)
    assert (first.status_code, first.json(), first.headers["location"]) == (201, {"total": 2}, "/v1/totals/2")
    assert (again.status_code, again.json()) == (201, {"total": 2})
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert problem_of(await client.post(url, json={"step": 3}, headers=headers)) == (422, "idempotency_key_reused")


async def test_a_refusal_is_replayed_word_for_word(client: httpx.AsyncClient, tokens: TestTokens) -> None:
    url = f"/v1/counters/{new_id()}/raises"
    headers = tokens.headers("buyer", new_id(), "counters:write", key="k2")
    first = await client.post(url, json={"step": -2}, headers=headers)
    again = await client.post(url, json={"step": -2}, headers=headers)
    assert problem_of(first) == problem_of(again) == (422, "negative_step")
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"


async def test_every_refusal_of_the_door_has_a_name(client: httpx.AsyncClient, tokens: TestTokens) -> None:
    url = f"/v1/counters/{new_id()}/raises"
    good = tokens.headers("buyer", new_id(), "counters:write")
    no_key = {name: value for name, value in good.items() if name != "Idempotency-Key"}
    cases: list[tuple[dict[str, Any], tuple[int, str]]] = [
        ({"json": {"step": 1}}, (401, "not_signed_in")),
        ({"json": {"step": 1}, "headers": {**good, "Authorization": "Bearer nonsense"}}, (401, "not_signed_in")),
        ({"json": {"step": 1}, "headers": tokens.headers("buyer", new_id(), "other:write")}, (403, "scope_missing")),
        ({"json": {"step": 1}, "headers": no_key}, (400, "idempotency_key_required")),
        ({"json": {"step": 1}, "headers": {**good, "Idempotency-Key": "k" * 256}}, (422, "validation_failed")),
        ({"json": {"step": 1}, "headers": {**good, "Idempotency-Key": "clé".encode()}}, (422, "validation_failed")),
        ({"json": {"step": "one"}, "headers": good}, (422, "validation_failed")),
        ({"json": {"step": 1, "role": "admin"}, "headers": good}, (422, "validation_failed")),
        ({"content": b"{", "headers": {**good, "Content-Type": "application/json"}}, (400, "malformed_json")),
        ({"content": b'{"step": 1}', "headers": good}, (415, "unsupported_media_type")),
        ({"data": {"step": "1"}, "headers": good}, (415, "unsupported_media_type")),
        ({"json": {"step": 1, "pad": "x" * 2000}, "headers": good}, (413, "body_too_large")),
    ]
    for request, expected in cases:
        assert problem_of(await client.post(url, **request)) == expected
    assert problem_of(await client.get("/nowhere")) == (404, "not_found")
    # No redirect: it would name this process to somebody outside.
    assert problem_of(await client.get("/v1/numbers/")) == (404, "not_found")
    assert problem_of(await client.delete("/v1/numbers")) == (405, "method_not_allowed")
    assert problem_of(await client.get("/v1/numbers?cursor=!!")) == (422, "cursor_invalid")
    assert problem_of(await client.get("/v1/numbers?limit=0")) == (422, "validation_failed")


async def test_what_the_client_sent_is_not_echoed(client: httpx.AsyncClient, tokens: TestTokens) -> None:
    headers = tokens.headers("buyer", new_id(), "counters:write")
    response = await client.post(f"/v1/counters/{new_id()}/raises", json={"step": "hunter2"}, headers=headers)
    assert "hunter2" not in response.text


async def test_text_that_the_database_cannot_store_is_the_clients_fault(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/texts", params={"text": "déjà vu"})).json() == "déjà vu"
    assert problem_of(await client.get("/v1/texts", params={"text": "NUL\x00"})) == (422, "text_not_storable")


async def test_a_database_that_goes_away_is_no_bug_of_ours(client: httpx.AsyncClient) -> None:
    for way in ("session", "server", "driver"):
        answer = await client.get("/v1/lost", params={"way": way})
        assert problem_of(answer) == (503, "database_unavailable"), way
        assert answer.headers["retry-after"] == "1"


async def test_after_a_bug_the_client_is_told_that_the_connection_ends(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/bug")).headers["connection"] == "close"


async def test_a_bug_is_a_plain_500(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/bug")
    assert problem_of(response) == (500, "internal_error")
    assert "secret" not in response.text


async def test_tokens_are_checked_in_every_part(client: httpx.AsyncClient, tokens: TestTokens) -> None:
    company = new_id()
    stranger = TestTokens()
    other_kid = ECKey.import_key({**tokens.key.as_dict(private=True), "kid": "made-up"})  # type: ignore[arg-type]
    claims = {"sub": str(new_id()), "company": str(company), "kind": "buyer", "scope": "counters:write"}
    bad = {
        "expired": tokens.token("buyer", company, ["counters:write"], seconds=-120),
        "signed by somebody else": stranger.token("buyer", company, ["counters:write"]),
        "unknown key id": sign(other_kid, claims, seconds=60),
        "no company": sign(tokens.key, {**claims, "company": ""}, seconds=60),
        "other audience": sign(tokens.key, {**claims, "aud": "elsewhere"}, seconds=60),
        "other issuer": sign(tokens.key, {**claims, "iss": "elsewhere"}, seconds=60),
        "no scope at all": sign(tokens.key, {k: v for k, v in claims.items() if k != "scope"}, seconds=60),
    }
    for why, token in bad.items():
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
        response = await client.post(f"/v1/counters/{new_id()}/raises", json={"step": 1}, headers=headers)
        assert problem_of(response) == (401, "not_signed_in"), why
        assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_that_was_good_before_ends_with_its_last_second(tokens: TestTokens) -> None:
    token = tokens.token("buyer", new_id(), ["counters:write"], seconds=600)
    first = await tokens.verifier.subject(token)
    assert await tokens.verifier.subject(token) is first
    # Of the signature, not of its last character: the two lowest bits of that one mean nothing.
    head, claims, signature = token.split(".")
    forged = ".".join((head, claims, ("B" if signature[0] == "A" else "A") + signature[1:]))
    with pytest.raises(Problem):
        await tokens.verifier.subject(forged)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=600 + LEEWAY_SECONDS + 1)), pytest.raises(Problem):
        await tokens.verifier.subject(token)


async def test_a_list_is_read_page_by_page(client: httpx.AsyncClient) -> None:
    seen: list[int] = []
    url: str | None = "/v1/numbers?limit=2"
    while url:
        response = await client.get(url)
        seen.extend(response.json()["items"])
        url = response.links["next"]["url"] if "next" in response.links else None
    assert seen == [0, 1, 2, 3, 4]


async def test_internal_paths_do_not_exist_for_strangers(client: httpx.AsyncClient) -> None:
    assert problem_of(await client.get("/internal/status")) == (404, "not_found")
    wrong = {"Regrade-Internal-Token": "guess"}
    assert problem_of(await client.put("/internal/clock", json={"offset_seconds": 5}, headers=wrong)) == (
        404,
        "not_found",
    )
    status = await client.get("/internal/status", headers={"Regrade-Internal-Token": "inside"})
    assert (status.json()["outbox_pending"], status.json()["parked"], status.json()["lag"]) == (0, 0, 0)


async def test_the_test_clock_only_moves_forward(client: httpx.AsyncClient) -> None:
    inside = {"Regrade-Internal-Token": "inside"}
    for wanted, moved in ((100, 100), (40, 100), (250, 250)):
        answer = await client.put("/internal/clock", json={"offset_seconds": wanted}, headers=inside)
        assert answer.json() == {"offset_seconds": moved}


async def test_probes_tell_the_truth(client: httpx.AsyncClient, executor: Executor[ToyUnitOfWork]) -> None:
    assert (await client.get("/livez")).status_code == 200
    assert (await client.get("/readyz")).json() == {"ready": True}
    client._transport.app.state.stopping = True  # type: ignore[attr-defined]
    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/livez")).status_code == 200
    assert "process_resident_memory_bytes" in (await client.get("/metrics")).text
