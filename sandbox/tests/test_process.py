"""The sandbox as a process: it starts only where it may, and a crash makes it forget nothing."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sandbox_builders import (
    CARRIER_SECRET,
    PSP_KEY,
    PSP_SECRET,
    Platform,
    Sandbox,
    a_payout,
    eventually,
    settings_for,
)

from launcher.ports import free_port
from sandbox.settings import SandboxRefused, read_settings

ENVIRONMENT = {
    "REGRADE_SANDBOX_MODE": "1",
    "REGRADE_PORT": "8086",
    "REGRADE_SMTP": "127.0.0.1:8090",
    "REGRADE_DATABASE_URL": "postgresql+asyncpg://sandbox:geheim@127.0.0.1:8087/sandbox",
    "REGRADE_GATEWAY_URL": "http://127.0.0.1:8080/",
    "REGRADE_PSP_API_KEY": PSP_KEY,
    "REGRADE_PSP_WEBHOOK_SECRET": PSP_SECRET,
    "REGRADE_CARRIER_WEBHOOK_SECRET": CARRIER_SECRET,
}


def test_settings_are_read_and_secrets_do_not_show() -> None:
    settings = read_settings(ENVIRONMENT)
    assert (settings.port, settings.smtp_port, settings.gateway_url) == (8086, 8090, "http://127.0.0.1:8080")
    for secret in (PSP_KEY, PSP_SECRET, CARRIER_SECRET, "geheim"):
        assert secret not in repr(settings)


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_each_missing_variable_is_named(name: str) -> None:
    with pytest.raises(SandboxRefused, match=name):
        read_settings({key: value for key, value in ENVIRONMENT.items() if key != name})


def test_the_process_refuses_to_start_outside_sandbox_mode() -> None:
    environment = os.environ | ENVIRONMENT | {"REGRADE_SANDBOX_MODE": "0"}
    ended = subprocess.run([sys.executable, "-m", "sandbox"], env=environment, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "REGRADE_SANDBOX_MODE=1" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.storage
async def test_a_killed_sandbox_remembers_everything(
    database_url: str, processes: list[subprocess.Popen[bytes]]
) -> None:
    port = free_port()
    environment = ENVIRONMENT | {
        "REGRADE_PORT": str(port),
        "REGRADE_SMTP": f"127.0.0.1:{free_port()}",
        "REGRADE_DATABASE_URL": database_url,
        "REGRADE_GATEWAY_URL": f"http://127.0.0.1:{free_port()}",
    }

    def start_process() -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "sandbox"], env=os.environ | environment)
        processes.append(process)
        return process

    async def start(http: httpx.AsyncClient) -> subprocess.Popen[bytes]:
        process = start_process()

        async def ready() -> bool:
            assert process.poll() is None
            try:
                return (await http.get("/readyz")).status_code == 200
            except httpx.TransportError:
                return False

        await eventually(ready)
        return process

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
        sandbox = Sandbox(http, Platform(), settings_for(database_url))
        first = await start(http)
        wallet_id = await sandbox.a_filled_wallet(1000)
        await http.put("/clock", json={"offset_seconds": 86400})
        await sandbox.fault("psp.payouts", "timeout_after_success")
        body = a_payout(wallet_id, 400)
        headers = {"authorization": f"Bearer {PSP_KEY}", "idempotency-key": "k"}
        unanswered = asyncio.create_task(http.post("/psp/v1/payouts", json=body, headers=headers))

        async def done() -> bool:
            return await sandbox.holds(wallet_id) == 600

        await eventually(done)
        first.send_signal(signal.SIGKILL)
        first.wait()
        with pytest.raises(httpx.TransportError):
            await unanswered

        second = await start(http)
        again = await sandbox.post("/payouts", body, key="k")
        assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
        assert await sandbox.holds(wallet_id) == 600
        assert (await http.get("/clock")).json()["offset_seconds"] == 86400

        async def retried_credit() -> Any:
            lines = (await http.get("/webhooks")).json()["items"]
            told = {line["type"]: line for line in lines}
            # Nobody listens at the gateway's address: both are tried again and again, and neither is lost.
            return told if {"bank.credit_received", "payout.settled"} <= set(told) else None

        told = await eventually(retried_credit)
        assert told["bank.credit_received"]["delivered_at"] is None
        second.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(second.wait, 60) in {0, -signal.SIGTERM}


@pytest.mark.storage
async def test_the_front_page_links_what_exists(sandbox: Sandbox) -> None:
    page = await sandbox.http.get("/")
    links = [part.split('"')[0] for part in page.text.split('href="/')[1:]]
    assert {"mailbox", "bank", "clock", "faults", "webhooks", "openapi.json"} <= set(links)
    for link in links:
        assert (await sandbox.http.get(f"/{link}")).status_code == 200, link
    assert (await sandbox.http.get("/livez")).status_code == 200
