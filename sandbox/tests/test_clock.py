"""The sandbox clock: business time moves forward, signatures stay in real time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sandbox_builders import Sandbox, a_payout, eventually

pytestmark = pytest.mark.storage

A_MONTH = 30 * 86400


async def test_business_time_is_real_time_plus_the_offset(sandbox: Sandbox) -> None:
    assert (await sandbox.http.get("/clock")).json()["offset_seconds"] == 0
    answer = (await sandbox.http.put("/clock", json={"offset_seconds": A_MONTH})).json()
    assert answer["offset_seconds"] == A_MONTH
    ahead = datetime.fromisoformat(answer["now"]) - datetime.now(UTC)
    assert timedelta(days=30) - timedelta(minutes=1) < ahead <= timedelta(days=30)


async def test_the_clock_never_goes_back(sandbox: Sandbox) -> None:
    await sandbox.http.put("/clock", json={"offset_seconds": A_MONTH})
    answer = await sandbox.http.put("/clock", json={"offset_seconds": A_MONTH - 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "clock_moves_only_forward")
    assert (await sandbox.http.get("/clock")).json()["offset_seconds"] == A_MONTH
    assert (await sandbox.http.put("/clock", json={"offset_seconds": A_MONTH})).status_code == 200


@pytest.mark.parametrize("offset", [-1, 1.5, "60", 10**12])
async def test_an_offset_is_a_sensible_number_of_seconds(sandbox: Sandbox, offset: object) -> None:
    assert (await sandbox.http.put("/clock", json={"offset_seconds": offset})).status_code == 422


async def test_facts_are_dated_in_business_time_and_signed_in_real_time(sandbox: Sandbox) -> None:
    await sandbox.http.put("/clock", json={"offset_seconds": A_MONTH})
    await sandbox.a_filled_wallet(100)
    # The platform double verifies the signature, which refuses a timestamp that is five minutes off.
    [told] = await sandbox.platform.gets("bank.credit_received")
    assert datetime.fromisoformat(told["created_at"]) - datetime.now(UTC) > timedelta(days=29)


async def test_the_clock_tells_what_is_still_under_way(sandbox: Sandbox) -> None:
    async def quiet() -> Any:
        return (await sandbox.http.get("/clock")).json()["pending"] == 0

    wallet_id = await sandbox.a_filled_wallet(100)
    await eventually(quiet)
    sandbox.platform.refuse_times = 1000
    await sandbox.made("/payouts", a_payout(wallet_id, 100))
    assert (await sandbox.http.get("/clock")).json()["pending"] == 1
    sandbox.platform.refuse_times = 0
    await eventually(quiet)
    assert len(sandbox.platform.of_type("payout.settled")) == 1
