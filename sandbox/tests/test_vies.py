"""VIES as the sandbox plays it."""

from typing import Any

import pytest
from sandbox_builders import Sandbox

pytestmark = pytest.mark.storage


async def check(sandbox: Sandbox, number: str, **query: str) -> Any:
    answer = await sandbox.http.get("/vies/check", params={"vat_number": number, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


# The French number and its rule are in domain.md §3.4; EL and XI are how VIES writes Greece and Northern Ireland.
@pytest.mark.parametrize("number", ["FR44732829320", "EL094259216", "XI980780684"])
async def test_right_check_digits_are_valid_and_one_changed_digit_is_not(sandbox: Sandbox, number: str) -> None:
    right = await check(sandbox, number)
    assert (right["status"], right["vat_number"]) == ("valid", number)
    assert right["name"]
    changed = number[:-1] + str((int(number[-1]) + 1) % 10)
    wrong = await check(sandbox, changed)
    assert (wrong["status"], wrong["name"]) == ("invalid", None)


async def test_a_british_number_is_not_in_vies(sandbox: Sandbox) -> None:
    assert (await check(sandbox, "GB980780684"))["status"] == "invalid"


async def test_a_proof_is_given_only_to_a_valid_requester(sandbox: Sandbox) -> None:
    with_proof = await check(sandbox, "fr 44 732 829 320", requester_vat_number="XI980780684")
    assert with_proof["consultation_number"].startswith("WAPI")
    again = await check(sandbox, "FR44732829320", requester_vat_number="XI980780684")
    assert again["consultation_number"] != with_proof["consultation_number"]
    assert (await check(sandbox, "FR44732829320"))["consultation_number"] is None
    assert (await check(sandbox, "FR44732829320", requester_vat_number="XI1"))["consultation_number"] is None


async def test_a_tester_lays_down_the_answer_for_one_number(sandbox: Sandbox) -> None:
    await sandbox.http.put("/vies/answers/FR44732829320", json={"status": "unavailable"})
    assert (await check(sandbox, "FR44732829320", requester_vat_number="XI980780684")) | {"checked_at": ""} == {
        "status": "unavailable",
        "vat_number": "FR44732829320",
        "name": None,
        "consultation_number": None,
        "checked_at": "",
    }
    await sandbox.http.put("/vies/answers/FR1", json={"status": "valid", "name": "Reparo SAS"})
    assert (await check(sandbox, "FR1"))["name"] == "Reparo SAS"
    await sandbox.http.delete("/vies/answers/FR44732829320")
    assert (await check(sandbox, "FR44732829320"))["status"] == "valid"


async def test_the_whole_service_can_be_down(sandbox: Sandbox) -> None:
    await sandbox.fault("vies", "unavailable", times=None)
    for _ in range(3):
        assert (await check(sandbox, "FR44732829320"))["status"] == "unavailable"
    await sandbox.http.delete("/faults/vies")
    await sandbox.fault("vies", "error_500")
    assert (await sandbox.http.get("/vies/check", params={"vat_number": "FR44732829320"})).status_code == 500
    assert (await check(sandbox, "FR44732829320"))["status"] == "valid"
