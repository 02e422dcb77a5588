"""Faults on requests: what was done and what the client hears are two things."""

import time

import pytest
from sandbox_builders import Sandbox, a_payout, euros, settings_for

from sandbox.main import make_app

pytestmark = pytest.mark.storage


async def test_an_error_does_nothing_and_the_retry_works(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_filled_wallet(1000)
    await sandbox.fault("psp.payouts", "error_500")
    body = a_payout(wallet_id, 600)
    failed = await sandbox.post("/payouts", body, key="k")
    assert (failed.status_code, failed.json()["code"]) == (500, "fault_injected")
    assert await sandbox.holds(wallet_id) == 1000
    assert (await sandbox.post("/payouts", body, key="k")).status_code == 201
    assert await sandbox.holds(wallet_id) == 400


async def test_a_lost_answer_hides_work_that_was_done_once(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_filled_wallet(1000)
    await sandbox.fault("psp.payouts", "timeout_after_success")
    body = a_payout(wallet_id, 600)
    lost = await sandbox.post("/payouts", body, key="k")
    assert (lost.status_code, lost.json()["code"]) == (504, "answer_withheld")
    retried = await sandbox.post("/payouts", body, key="k")
    assert (retried.status_code, retried.headers["idempotent-replayed"]) == (201, "true")
    assert [p["id"] for p in (await sandbox.get("/payouts", reference="pay-1"))["items"]] == [retried.json()["id"]]
    assert await sandbox.holds(wallet_id) == 400


async def test_a_lost_request_did_nothing(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_filled_wallet(1000)
    await sandbox.fault("psp.payouts", "timeout_before")
    assert (await sandbox.post("/payouts", a_payout(wallet_id, 600))).status_code == 504
    assert (await sandbox.get("/payouts"))["items"] == []
    assert await sandbox.holds(wallet_id) == 1000


async def test_a_slow_answer_is_still_the_right_one(sandbox: Sandbox) -> None:
    one, two = await sandbox.a_filled_wallet(100, "one"), await sandbox.a_wallet("two")
    await sandbox.fault("psp.transfers", "delay", delay_seconds=0.3)
    started = time.monotonic()
    move = {"reference": "t", "from_wallet_id": one, "to_wallet_id": two, "amount": euros(100)}
    assert (await sandbox.post("/transfers", move)).status_code == 201
    assert time.monotonic() - started >= 0.3


async def test_a_fault_happens_as_often_as_told_and_at_its_place_only(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_filled_wallet(1000)
    await sandbox.fault("psp.virtual_accounts", "error_500", times=2)
    account = {"wallet_id": wallet_id, "reference": "x", "holder_name": "X", "country": "FR", "currency": "EUR"}
    assert (await sandbox.post("/payouts", a_payout(wallet_id, 1))).status_code == 201
    answers = [(await sandbox.post("/virtual-accounts", account)).status_code for _ in range(3)]
    assert answers == [500, 500, 201]
    assert (await sandbox.http.get("/faults")).json() == {"items": []}


async def test_a_removed_fault_does_not_happen(sandbox: Sandbox) -> None:
    wallet_id = await sandbox.a_filled_wallet(1000)
    await sandbox.fault("psp.payouts", "error_500", times=None)
    assert (await sandbox.post("/payouts", a_payout(wallet_id, 1))).status_code == 500
    assert (await sandbox.http.delete("/faults/psp.payouts")).status_code == 204
    assert (await sandbox.post("/payouts", a_payout(wallet_id, 1))).status_code == 201


@pytest.mark.parametrize(
    ("name", "mode"),
    [("psp.moon", "drop"), ("psp.payouts", "reorder"), ("psp.webhooks", "error_500"), ("smtp", "fail")],
)
async def test_a_fault_that_cannot_happen_there_is_refused_with_what_can(
    sandbox: Sandbox, name: str, mode: str
) -> None:
    answer = await sandbox.http.put(f"/faults/{name}", json={"mode": mode})
    assert (answer.status_code, answer.json()["code"]) == (422, "fault_does_not_fit")
    assert (await sandbox.http.get("/faults")).json() == {"items": []}


async def test_a_bug_or_a_wrong_address_answers_as_a_problem_too(sandbox: Sandbox) -> None:
    answer = await sandbox.http.get("/nothing/here")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_what_was_told_to_fail_fails_after_a_restart_too(sandbox: Sandbox, database_url: str) -> None:
    await sandbox.fault("psp.transfers", "error_500")
    again = make_app(settings_for(database_url), None)
    async with again.router.lifespan_context(again):
        assert again.state.world.told_to_fail == {"psp.transfers"}
        fault = await again.state.world.take_fault("psp.transfers")
        assert fault is not None
        assert fault.mode == "error_500"
        assert await again.state.world.take_fault("psp.transfers") is None
