"""Purchasing rules through the HTTP door, and as `orders` reads them."""

import pytest

from services.accounts.tests.conftest import OPERATOR_KEY, Door
from services.accounts.tests.test_api.test_company_people import joined
from services.accounts.tests.test_api.test_people import active

pytestmark = pytest.mark.storage

PATH = "/v1/company/purchasing-rules"


async def test_an_owner_sets_rules_and_orders_reads_them(door: Door) -> None:
    owner = await active(door)
    await joined(door, owner, role="approver")
    people = (await door.ask("GET", "/v1/company/people", token=owner)).json()["items"]
    first, kim = people[0]["id"], people[1]["id"]
    read = await door.ask("GET", PATH, token=owner)
    assert (read.headers["ETag"], read.json()["limits"]) == ('"v1"', [])
    limit = {"person_id": first, "per_order": {"amount": 100_00, "currency": "EUR"}}
    delegation = {
        "approver_id": kim,
        "delegate_id": first,
        "starts_at": "2026-12-01T00:00:00+01:00",
        "ends_at": "2026-12-08T00:00:00+01:00",
    }
    body = {"limits": [limit], "approval_steps": [{"approver_ids": [kim]}], "delegations": [delegation]}
    put = await door.ask("PUT", PATH, body, token=owner, seen='"v1"')
    assert (put.status_code, put.headers["ETag"]) == (200, '"v2"'), put.text
    again = await door.ask("PUT", PATH, body, token=owner, seen='"v1"')
    assert (again.status_code, again.json()["code"]) == (412, "stale_version")
    company_id = (await door.ask("GET", "/v1/company", token=owner)).json()["company_id"]
    snapshot = (await door.internal("GET", f"/internal/purchasing-rules/{company_id}")).json()
    assert snapshot["approval_steps"] == [{"approver_ids": [kim]}]
    assert snapshot["delegations"][0]["starts_at"] == "2026-11-30T23:00:00Z"
    await door.ask("POST", f"/v1/company/people/{kim}/deactivation", token=owner)
    later = (await door.internal("GET", f"/internal/purchasing-rules/{company_id}")).json()
    assert (later["approval_steps"], later["delegations"]) == ([{"approver_ids": [first]}], [])
    assert later["version"] == snapshot["version"] + 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"limits": [{"person_id": "019aa000-0000-7000-8000-000000000000"}]}, "spending_limit_wrong"),
        ({"cost_centres": [{"code": "bad code", "name": "x"}]}, "validation_failed"),
        ({"cost_centres": [{"code": "A", "name": "x"}, {"code": "A", "name": "y"}]}, "cost_centre_wrong"),
        (
            {
                "cost_centres": [{"code": "A", "name": "x"}],
                "limits": [
                    {
                        "cost_centre": "A",
                        "per_order": {"amount": 1, "currency": "EUR"},
                        "per_month": {"amount": 1, "currency": "GBP"},
                    }
                ],
            },
            "validation_failed",
        ),
        ({"approval_steps": [{"approver_ids": []}]}, "approval_step_wrong"),
    ],
)
async def test_rules_that_make_no_sense_are_refused_by_name(door: Door, body: dict[str, object], code: str) -> None:
    owner = await active(door)
    answer = await door.ask("PUT", PATH, body, token=owner, seen='"v1"')
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_the_operator_buys_nothing(door: Door) -> None:
    operator = await door.token_of(OPERATOR_KEY)
    answer = await door.ask("GET", PATH, token=operator)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_a_buyer")
