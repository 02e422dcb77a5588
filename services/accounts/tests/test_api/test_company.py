"""A company's profile through the HTTP door: read, edit, ask support."""

from typing import Any

import pytest

from services.accounts.tests.conftest import OPERATOR_KEY, Door
from services.accounts.tests.test_api.test_people import BUYER, active, published

pytestmark = pytest.mark.storage

MOVED = {"street": "2 rue de Rivoli", "postal_code": "75004", "city": "Paris", "country": "FR"}


async def test_a_buyer_edits_what_is_its_own_and_is_told_what_is_not(door: Door) -> None:
    token = await active(door)
    read = await door.ask("GET", "/v1/company", token=token)
    assert read.headers["ETag"] == f'"v{read.json()["version"]}"'
    assert read.json()["support_only"] == ["address", "email", "vat_number"]
    seen = read.headers["ETag"]
    edited = await door.ask("PATCH", "/v1/company", {"legal_name": "Reparo SA"}, token=token, seen=seen)
    assert (edited.status_code, edited.json()["legal_name"]) == (200, "Reparo SA")
    assert edited.headers["ETag"] == f'"v{read.json()["version"] + 1}"'
    again = await door.ask("PATCH", "/v1/company", {"legal_name": "Reparo SE"}, token=token, seen=seen)
    assert (again.status_code, again.json()["code"]) == (412, "stale_version")
    unseen = await door.ask("PATCH", "/v1/company", {"legal_name": "Reparo SE"}, token=token)
    assert (unseen.status_code, unseen.json()["code"]) == (428, "if_match_required")
    refused = await door.ask("PATCH", "/v1/company", {"address": MOVED}, token=token, seen=edited.headers["ETag"])
    assert (refused.status_code, refused.json()["code"]) == (403, "support_only")
    assert refused.json()["fields"] == ["address"]
    last = (await published(door, "accounts.company.changed.v1"))[-1]
    assert last["what"] == ["legal_name"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"legal_name": "R\u0435paro"}, 422, "name_misleading"),
        ({"legal_name": "R" * 201}, 422, "validation_failed"),
        ({"legal_name": "Two\nlines"}, 422, "validation_failed"),
        ({"country": "DE"}, 422, "country_cannot_change"),
        ({"language": "xx"}, 422, "language_not_offered"),
        ({"registration_number": "732829320"}, 422, "validation_failed"),
        ({"contact": {"email": "nonsense"}}, 422, "validation_failed"),
    ],
)
async def test_a_wrong_edit_is_refused_by_name(door: Door, body: dict[str, Any], status: int, code: str) -> None:
    token = await active(door)
    seen = (await door.ask("GET", "/v1/company", token=token)).headers["ETag"]
    answer = await door.ask("PATCH", "/v1/company", body, token=token, seen=seen)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_support_grants_or_refuses_what_a_company_asks_for(door: Door) -> None:
    token, operator = await active(door), await door.token_of(OPERATOR_KEY)
    path = "/v1/company/change-requests"
    body = {"change": {"address": MOVED, "contact": {"phone": "+33 1"}}, "note": "We have moved.\nProof follows."}
    asked = await door.ask("POST", path, body, token=token)
    assert (asked.status_code, asked.json()["state"]) == (201, "open")
    assert asked.json()["change"]["address"] == MOVED
    second = await door.ask("POST", path, {**body, "note": "Again."}, token=token)
    assert (second.status_code, second.json()["code"]) == (409, "change_request_open")
    listed = (await door.ask("GET", "/v1/operator/change-requests?state=open", token=operator)).json()["items"]
    assert [one["id"] for one in listed] == [asked.json()["id"]]
    decide = f"/v1/operator/change-requests/{asked.json()['id']}"
    refusal = {"reason": "proof_missing", "next_step": "Send the extract of the register."}
    assert (await door.ask("POST", f"{decide}/rejection", refusal, token=token)).json()["code"] == "scope_missing"
    rejected = await door.ask("POST", f"{decide}/rejection", refusal, token=operator)
    assert (rejected.status_code, rejected.json()["state"]) == (201, "rejected")
    third = await door.ask("POST", path, body, token=token)
    granted = await door.ask("POST", f"/v1/operator/change-requests/{third.json()['id']}/approval", token=operator)
    assert (granted.status_code, granted.json()["state"]) == (201, "approved")
    own = (await door.ask("GET", "/v1/company", token=token)).json()
    assert (own["address"], own["contact"]["phone"]) == (MOVED, "+33 1")
    mine = (await door.ask("GET", path, token=token)).json()["items"]
    assert [(one["state"], one["next_step"]) for one in mine] == [
        ("rejected", "Send the extract of the register."),
        ("approved", None),
    ]


async def test_a_company_takes_its_request_back(door: Door) -> None:
    token = await active(door)
    path = "/v1/company/change-requests"
    asked = await door.ask("POST", path, {"change": {"address": MOVED}, "note": "We have moved."}, token=token)
    withdrawn = await door.ask("POST", f"{path}/{asked.json()['id']}/withdrawal", token=token)
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (201, "withdrawn")
    nobodys = await door.ask("POST", f"{path}/{BUYER_NOBODY}/withdrawal", token=token)
    assert (nobodys.status_code, nobodys.json()["code"]) == (404, "change_request_not_found")


BUYER_NOBODY = "019aa000-0000-7000-8000-000000000000"


async def test_the_operator_edits_everything_but_the_country(door: Door) -> None:
    token, operator = await active(door), await door.token_of(OPERATOR_KEY)
    own = (await door.ask("GET", "/v1/company", token=token)).json()
    path = f"/v1/operator/companies/{own['company_id']}"
    seen = (await door.ask("GET", path, token=operator)).headers["ETag"]
    change = {"address": MOVED, "vat_numbers": {"FR": "FR83404833048"}, "contact": {"email": "new@reparo.example"}}
    edited = await door.ask("PATCH", path, change, token=operator, seen=seen)
    assert edited.status_code == 200, edited.text
    assert edited.json()["vat_numbers"][0]["number"] == "FR83404833048"
    assert edited.json()["contact"]["name"] == BUYER["contact"]["name"]
    party = (await door.internal("GET", f"/internal/parties/{own['company_id']}")).json()
    assert (party["address"], party["version"]) == (MOVED, edited.json()["version"])
    strange = await door.ask("PATCH", path, {"country": "DE"}, token=operator, seen=edited.headers["ETag"])
    assert strange.json()["code"] == "country_cannot_change"
    assert (await door.ask("GET", path, token=token)).json()["code"] == "scope_missing"
