"""Webhooks arrive at least once, signed, whatever goes wrong on the way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sandbox_builders import Sandbox, eventually
from sqlalchemy import update
from sqlalchemy.ext.asyncio import create_async_engine

from sandbox.domain.webhooks import retry_after
from sandbox.storage.tables import webhooks
from sandbox.storage.webhooks import claim_due_webhooks


async def scan(sandbox: Sandbox, number: str) -> None:
    body = {"carrier": "dhl", "tracking_number": number, "status": "delivered"}
    assert (await sandbox.http.post("/carrier/events", json=body)).status_code == 201


def numbers(sandbox: Sandbox) -> list[str]:
    return [body["data"]["tracking_number"] for body in sandbox.platform.of_type("parcel.delivered")]


def test_the_waits_grow_to_half_a_minute_and_stay_there() -> None:
    waits = [retry_after(attempts) / timedelta(seconds=1) for attempts in range(1, 10)]
    assert waits == [0.2, 0.5, 1, 2, 5, 10, 30, 30, 30]


@pytest.mark.storage
async def test_a_refused_webhook_is_sent_again_with_the_same_id(sandbox: Sandbox) -> None:
    sandbox.platform.refuse_times = 2
    await scan(sandbox, "A")
    await sandbox.platform.gets("parcel.delivered")
    assert sandbox.platform.attempts == 3

    async def logged() -> Any:
        [line] = (await sandbox.http.get("/webhooks", params={"target": "carrier"})).json()["items"]
        return line if line["delivered_at"] else None

    line = await eventually(logged)
    assert (line["attempts"], line["last_answer"], line["id"]) == (3, "204", sandbox.platform.received[0][1])


@pytest.mark.storage
async def test_a_duplicate_has_the_id_of_its_original(sandbox: Sandbox) -> None:
    await sandbox.fault("carrier.webhooks", "duplicate")
    await scan(sandbox, "A")
    first, second = await sandbox.platform.gets("parcel.delivered", times=2)
    assert first == second


@pytest.mark.storage
async def test_a_dropped_webhook_never_arrives_and_the_next_one_does(sandbox: Sandbox) -> None:
    await sandbox.fault("carrier.webhooks", "drop")
    await scan(sandbox, "A")
    await scan(sandbox, "B")
    await sandbox.platform.gets("parcel.delivered")
    assert numbers(sandbox) == ["B"]
    assert len((await sandbox.http.get("/webhooks")).json()["items"]) == 1


@pytest.mark.storage
async def test_a_reordered_webhook_is_overtaken_by_the_next(sandbox: Sandbox) -> None:
    await sandbox.fault("carrier.webhooks", "reorder")
    await scan(sandbox, "A")
    await scan(sandbox, "B")
    await sandbox.platform.gets("parcel.delivered", times=2)
    assert numbers(sandbox) == ["B", "A"]


@pytest.mark.storage
async def test_a_delayed_webhook_waits_as_long_as_told(sandbox: Sandbox) -> None:
    await sandbox.fault("carrier.webhooks", "delay", delay_seconds=0.6)
    started = datetime.now(UTC)
    await scan(sandbox, "A")
    await sandbox.platform.gets("parcel.delivered")
    assert datetime.now(UTC) - started >= timedelta(seconds=0.6)


@pytest.mark.storage
async def test_faults_of_the_psp_leave_the_carrier_alone(sandbox: Sandbox) -> None:
    await sandbox.fault("psp.webhooks", "drop")
    await scan(sandbox, "A")
    await sandbox.platform.gets("parcel.delivered")
    assert [f["times"] for f in (await sandbox.http.get("/faults")).json()["items"]] == [1]


@pytest.mark.storage
async def test_a_webhook_is_given_up_after_three_days(sandbox: Sandbox) -> None:
    sandbox.platform.refuse_times = 1000
    await scan(sandbox, "A")

    async def refused() -> bool:
        [line] = (await sandbox.http.get("/webhooks")).json()["items"]
        return line["attempts"] > 0

    await eventually(refused)
    engine = create_async_engine(sandbox.settings.database_url)
    async with engine.begin() as tx:
        await tx.execute(update(webhooks).values(queued_at=webhooks.c.queued_at - timedelta(days=3)))
    await engine.dispose()

    async def given_up() -> Any:
        [line] = (await sandbox.http.get("/webhooks")).json()["items"]
        return line if line["given_up_at"] else None

    last = await eventually(given_up)
    # Mostly longer than its next wait (0.5 s) would have been.
    await scan_and_settle(sandbox)
    [_, older] = (await sandbox.http.get("/webhooks")).json()["items"]
    assert older["attempts"] == last["attempts"]


async def scan_and_settle(sandbox: Sandbox) -> None:
    """A second parcel that goes through: whatever was due before it has been tried by then."""
    sandbox.platform.refuse_times = 2
    await scan(sandbox, "B")
    await sandbox.platform.gets("parcel.delivered")
    assert numbers(sandbox) == ["B"]


@pytest.mark.storage
async def test_a_claim_that_nobody_reports_on_is_due_again(sandbox: Sandbox) -> None:
    await sandbox.fault("carrier.webhooks", "delay", delay_seconds=3600)
    await scan(sandbox, "A")
    engine = create_async_engine(sandbox.settings.database_url)
    later = datetime.now(UTC) + timedelta(hours=1, seconds=1)
    async with engine.begin() as tx:
        [claimed] = await claim_due_webhooks(tx, later, 10)
        assert await claim_due_webhooks(tx, later + timedelta(seconds=29), 10) == []
        assert [q.seq for q in await claim_due_webhooks(tx, later + timedelta(seconds=31), 10)] == [claimed.seq]
    await engine.dispose()
