"""Whatever an operator writes is in the audit log, without the route's having to think of it."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import Response
from test_db.test_audit_log import told
from toy.service import RaiseCounter, ToyUnitOfWork, raise_counter

from chassis.db.executor import Executor
from chassis.kernel.ids import Id, new_id
from chassis.testing.clock import START, FakeClock
from chassis.testing.tokens import TestTokens
from chassis.web.acts import look_at
from chassis.web.app import make_app
from chassis.web.auth import Subject, require
from chassis.web.internal import internal_router
from chassis.web.writes import Write

pytestmark = pytest.mark.storage

router = APIRouter()
OPERATOR = new_id()


class Step(BaseModel, extra="forbid"):
    step: int
    reason: str | None = None


@router.post("/v1/counters/{counter_id}/raises")
async def raise_it(
    counter_id: Id, body: Step, write: Write, subject: Annotated[Subject, require("counters:write")]
) -> Response:
    work = partial(raise_counter, RaiseCounter(counter_id, body.step))
    return await write.answer(subject.tenant, work, lambda total: {"total": total, "counter_id": counter_id})


class Door:
    def __init__(self, executor: Executor[ToyUnitOfWork]) -> None:
        self.tokens = TestTokens()
        self.handled: list[tuple[str, Id]] = []
        app = make_app(
            title="toy",
            description="",
            routers=[router, internal_router("toy", self._lag, self._redrive, sandbox_mode=False)],
        )
        app.state.executor = executor
        app.state.verifier = self.tokens.verifier
        app.state.internal_token = "inside"
        app.state.looks = {"counter_id": look_at("counters", ("state",), ("total",))}
        self._executor = executor
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://toy")

    async def raise_as(self, kind: str, counter: Id, key: str | None = None, **body: Any) -> httpx.Response:
        headers = self.tokens.headers(kind, OPERATOR, "counters:write", key=key)
        return await self._client.post(f"/v1/counters/{counter}/raises", json=body, headers=headers)

    async def internal(self, method: str, path: str, **request: Any) -> Any:
        headers = {"Regrade-Internal-Token": "inside"}
        return (await self._client.request(method, f"/internal{path}", headers=headers, **request)).json()

    async def entries(self, **wanted: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.internal("GET", "/audit-log", params=wanted)
        return found

    async def _lag(self) -> int:
        return 0

    async def _redrive(self, handler: str, aggregate_id: Id, record: Any) -> int:
        self.handled.append((handler, aggregate_id))
        await self._executor.run(record)
        return 1


@pytest.fixture
async def door(engine: AsyncEngine) -> AsyncIterator[Door]:
    executor = Executor(engine, ToyUnitOfWork, told, FakeClock())
    await executor.start()
    yield Door(executor)
    await executor.stop()


async def test_an_operators_write_is_recorded_with_what_it_changed(door: Door) -> None:
    counter = new_id()
    await door.raise_as("operator", counter, step=2, reason="miscounted")
    (entry,) = await door.entries()
    assert {name: entry[name] for name in ("seq", "act", "subject", "reason")} == {
        "seq": 1,
        "act": "raise_it",
        "subject": {"kind": "counter", "id": str(counter)},
        "reason": "miscounted",
    }
    assert entry["business_at"] == f"{START:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert (entry["actor"]["kind"], entry["actor"]["role"]) == ("key", None)
    assert entry["details"]["made"] == {"counter_id": str(counter)}
    assert entry["details"]["changed"]["state"] == {"before": None, "after": "open"}
    # The total counts as personal here: only a hash of it is kept.
    assert entry["details"]["changed"]["total"]["after"].startswith("hmac-sha256:")
    assert await door.internal("GET", "/audit-log/newest") == {
        "chain_id": entry["chain_id"],
        "seq": 1,
        "hash": entry["hash"],
    }


async def test_a_repeat_and_a_refusal_and_what_others_write_are_not(door: Door) -> None:
    counter = new_id()
    for _ in range(2):
        await door.raise_as("operator", counter, "once", step=2)
    refused = await door.raise_as("operator", counter, step=-1)
    await door.raise_as("buyer", counter, step=3)
    assert refused.status_code == 422
    assert [entry["seq"] for entry in await door.entries()] == [1]


async def test_a_redrive_is_recorded_in_the_service_that_does_it(door: Door) -> None:
    person, aggregate = new_id(), new_id()
    by = {"kind": "person", "id": str(person), "role": "engineer", "request_id": "ab" * 16}
    assert await door.internal("POST", f"/parked/toy:topic/{aggregate}/redrive", json=by) == {"handled": 1}
    (entry,) = await door.entries(actor=str(person))
    assert (entry["act"], entry["subject"]["id"], entry["details"]) == (
        "redrive_parked_messages",
        str(aggregate),
        {"handler": "toy:topic"},
    )
    assert (entry["actor"]["role"], entry["request_id"]) == ("engineer", "ab" * 16)
