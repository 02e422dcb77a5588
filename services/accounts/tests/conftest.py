"""Fixtures on a real database: the executor alone, and the whole service in process."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from accounts.main import MIGRATIONS, build
from accounts.messaging.outbound import outbound
from accounts.storage.tables import metadata
from accounts.storage.unit_of_work import AccountsUnitOfWork
from chassis.db.executor import Executor
from chassis.kernel.clock import real_now
from chassis.kernel.ids import new_id
from chassis.runner import Process
from chassis.settings import Settings
from chassis.testing.clock import FakeClock
from chassis.testing.postgres import database

OPERATOR_KEY = "rgk_" + "1" * 32 + "_" + "a" * 64
AUDITOR_KEY = "rgk_" + "2" * 32 + "_" + "b" * 64
INTERNAL = "internal token of the tests"


@pytest.fixture(scope="session")
async def migrated() -> AsyncIterator[AsyncEngine]:
    async with database(MIGRATIONS) as engine:
        yield engine


@pytest.fixture
async def engine(migrated: AsyncEngine) -> AsyncEngine:
    """One database for all tests, emptied for each: far quicker than a new one."""
    async with migrated.begin() as connection:
        # The audit log refuses even that, to anybody but a superuser who insists.
        await connection.execute(text("set local session_replication_role = replica"))
        names = [*metadata.tables, "outbox", "receipts", "timers", "audit_log", "proposals"]
        await connection.execute(text(f"truncate {', '.join(names)}"))
    return migrated


@pytest.fixture
async def executor(engine: AsyncEngine) -> AsyncIterator[Executor[AccountsUnitOfWork]]:
    running = Executor(engine, AccountsUnitOfWork, outbound, FakeClock())
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def still() -> Iterator[None]:
    """The clock stands, so that the half minute of a code does not end between the telephone and the door."""
    with time_machine.travel(real_now(), tick=False):
        yield


@dataclass
class Door:
    """The service's HTTP door, asked in process; each write gets an Idempotency-Key of its own unless told which."""

    client: httpx.AsyncClient
    process: Process

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        key: str | None = None,
        seen: str | None = None,
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key or str(new_id())}
        if seen:
            headers["If-Match"] = seen
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return await self.client.request(method, path, json=body, headers=headers)

    async def internal(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.client.request(method, path, json=body, headers={"Regrade-Internal-Token": INTERNAL})

    async def errands(self) -> None:
        """Let the errands that are due run to their end."""
        while await self.process.timers.run_errands():
            await asyncio.gather(*self.process.timers.running)

    async def hear_revocations(self) -> None:
        """What the running service does each half minute, and sooner where Kafka runs."""
        read = self.process.service.revocations
        assert read is not None
        for subject_id, revoked_at in await read(self.process.executor)():
            self.process.revocations.add(subject_id, revoked_at)

    async def token_of(self, api_key: str) -> str:
        answer = await self.internal("POST", "/internal/tokens", {"api_key": api_key})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


def settings_for(engine: AsyncEngine, **changes: str) -> Settings:
    urls = {f"REGRADE_{name}_URL": f"http://{name.lower()}.example" for name in _NAMES}
    return Settings.read(
        {
            **urls,
            "REGRADE_PORT": "1",
            "REGRADE_DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "REGRADE_KAFKA": "127.0.0.1:1",
            "REGRADE_INTERNAL_TOKEN": INTERNAL,
            "REGRADE_MARKETS_DIR": str(Path(__file__).parents[3] / "markets"),
            "REGRADE_OPERATOR_EMAIL": "Operator@regrade.example",
            "REGRADE_OPERATOR_PASSWORD": "operator password",
            "REGRADE_OPERATOR_API_KEY": OPERATOR_KEY,
            "REGRADE_AUDITOR_API_KEY": AUDITOR_KEY,
            **changes,
        }
    )


_NAMES = ("GATEWAY", "ACCOUNTS", "CATALOG", "ORDERS", "PAYMENTS", "AFTERSALES", "SANDBOX")


@pytest.fixture
async def door(engine: AsyncEngine) -> AsyncIterator[Door]:
    async with opened(engine) as door:
        yield door


@asynccontextmanager
async def opened(engine: AsyncEngine, **changes: str) -> AsyncIterator[Door]:
    """The door of a service with these variables."""
    service = build(settings_for(engine, **changes))
    process = Process(service, ("api",))
    assert service.on_start is not None
    await process.executor.start()
    await service.on_start(process.executor)
    transport = httpx.ASGITransport(process.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://accounts.example") as client:
        yield Door(client, process)
    await process.executor.stop()
    await process.engine.dispose()
