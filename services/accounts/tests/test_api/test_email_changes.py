"""Another e-mail address, through the HTTP door."""

from typing import Any

import pytest

from services.accounts.tests.conftest import Door
from services.accounts.tests.test_api.test_passwords import ANOTHER, told_of_people, user_id_of
from services.accounts.tests.test_api.test_people import PASSWORD, SIGN_IN, active, operator_of

pytestmark = pytest.mark.storage

NEW = "achats@reparo.example"


async def ask(door: Door, token: str, **changes: str) -> Any:
    body = {"email": NEW, "password": PASSWORD, **changes}
    return await door.ask("POST", "/v1/me/email-changes", body, token=token)


async def decide(door: Door, change_id: str, decision: str) -> Any:
    path = f"/v1/operator/email-changes/{change_id}/{decision}"
    return await door.ask("POST", path, token=await operator_of(door))


async def test_a_person_gets_another_address_once_support_and_the_new_mailbox_agree(door: Door) -> None:
    token = await active(door)
    user_id = await user_id_of(door)
    asked = await ask(door, token)
    assert (asked.status_code, asked.json()["state"]) == (202, "asked")
    waiting = await door.ask("GET", "/v1/operator/email-changes", token=await operator_of(door))
    (one,) = waiting.json()["items"]
    assert (one["id"], one["email"], one["user_id"]) == (asked.json()["id"], NEW, user_id)
    granted = await decide(door, one["id"], "approval")
    assert (granted.status_code, granted.json()["state"]) == (201, "granted")
    assert await told_of_people(door) == [["email_change"]]
    link = (await door.internal("POST", "/internal/email-links", {"user_id": user_id})).json()
    assert link["email"] == NEW
    body = {"token": link["link_token"], "password": ANOTHER}
    done = await door.ask("POST", "/v1/email-changes", body)
    assert (done.status_code, done.json()) == (200, {"status": "email_changed"})
    assert (await door.ask("POST", "/v1/sessions", SIGN_IN)).status_code == 401
    assert (await door.ask("POST", "/v1/sessions", {"email": NEW, "password": ANOTHER})).status_code == 200
    await door.hear_revocations()
    assert (await door.ask("GET", "/v1/me", token=token)).status_code == 401
    again = await door.ask("POST", "/v1/email-changes", body)
    assert (again.status_code, again.json()["code"]) == (422, "email_link_invalid")


async def test_a_taken_address_is_answered_like_any_other(door: Door) -> None:
    token = await active(door)
    taken = await ask(door, token, email="operator@regrade.example")
    assert (taken.status_code, taken.json()["state"]) == (202, "asked")
    refused = await decide(door, taken.json()["id"], "approval")
    assert (refused.status_code, refused.json()["code"]) == (409, "email_in_use")
    rejected = await decide(door, taken.json()["id"], "rejection")
    assert (rejected.status_code, rejected.json()["state"]) == (201, "refused")


async def test_the_password_is_asked_for_again_and_cannot_be_guessed_here(door: Door) -> None:
    token = await active(door)
    for _ in range(5):
        wrong = await ask(door, token, password="not the password")
        assert (wrong.status_code, wrong.json()["code"]) == (403, "password_wrong")
    limited = await ask(door, token)
    assert (limited.status_code, limited.json()["code"]) == (429, "too_many_sign_ins")


async def test_a_key_has_no_address(door: Door) -> None:
    token = await active(door)
    scopes = ["account:read", "account:write"]
    made = await door.ask("POST", "/v1/api-keys", {"name": "ERP", "scopes": scopes}, token=token)
    refused = await ask(door, await door.token_of(made.json()["api_key"]))
    assert (refused.status_code, refused.json()["code"], refused.json()["scope"]) == (403, "scope_missing", "self")


async def test_a_homograph_of_an_address_is_refused_at_sign_up_too(door: Door) -> None:
    token = await active(door)
    refused = await ask(door, token, email="ach\u0430ts@reparo.example")
    assert (refused.status_code, refused.json()["code"]) == (422, "email_mixes_scripts")
