"""Sessions through the HTTP door: renewed, seen, ended, and refused afterwards."""

from typing import Any

import httpx
import pytest

from chassis.web.internal import CLIENT_ADDRESS_HEADER
from services.accounts.tests.conftest import Door
from services.accounts.tests.test_api.test_passwords import ANOTHER, link_mailed
from services.accounts.tests.test_api.test_people import SIGN_IN, active, operator_of

pytestmark = pytest.mark.storage


async def knock(door: Door, address: str, **changes: str) -> httpx.Response:
    headers = {CLIENT_ADDRESS_HEADER: address, "User-Agent": "Mozilla/5.0 Firefox/133.0"}
    return await door.client.post("/v1/sessions", json={**SIGN_IN, **changes}, headers=headers)


async def signed_in(door: Door, address: str = "203.0.113.9") -> dict[str, Any]:
    answer = await knock(door, address)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def refresh(door: Door, token: str) -> tuple[int, dict[str, Any]]:
    answer = await door.client.post("/v1/sessions/refresh", json={"refresh_token": token})
    return answer.status_code, answer.json()


async def is_in(door: Door, session: dict[str, Any]) -> bool:
    status = (await door.ask("GET", "/v1/me", token=session["access_token"])).status_code
    assert status in (200, 401)
    return status == 200


async def test_a_session_is_renewed_and_a_stolen_refresh_token_ends_it(door: Door) -> None:
    await active(door)
    first = await signed_in(door)
    status, second = await refresh(door, first["refresh_token"])
    assert (status, second["session_id"]) == (200, first["session_id"])
    assert second["refresh_token"] != first["refresh_token"]
    assert await is_in(door, second)
    status, lost = await refresh(door, first["refresh_token"])
    assert (status, lost["refresh_token"]) == (200, second["refresh_token"])
    status, third = await refresh(door, second["refresh_token"])
    assert status == 200
    status, refused = await refresh(door, first["refresh_token"])
    assert (status, refused["code"]) == (401, "session_ended")
    status, refused = await refresh(door, third["refresh_token"])
    assert (status, refused["code"]) == (401, "session_ended")
    await door.hear_revocations()
    assert not await is_in(door, third)


async def test_a_made_up_refresh_token_is_refused(door: Door) -> None:
    status, refused = await refresh(door, "rgs_" + "0" * 32 + "_1_" + "0" * 64)
    assert (status, refused["code"]) == (401, "refresh_token_refused")


async def test_a_person_sees_the_sessions_and_ends_one_of_them_and_all_others(door: Door) -> None:
    await active(door)
    here, there, far = [await signed_in(door, address) for address in ("203.0.113.9", "198.51.100.7", "2001:db8::1")]
    listed = (await door.ask("GET", "/v1/me/sessions", token=here["access_token"])).json()["items"]
    assert [(one["network"], one["agent"], one["current"]) for one in listed[1:]] == [
        ("203.0.113.0/24", "Firefox", True),
        ("198.51.100.0/24", "Firefox", False),
        ("2001:db8::/48", "Firefox", False),
    ]
    ended = await door.ask("DELETE", f"/v1/me/sessions/{there['session_id']}", token=here["access_token"])
    assert ended.status_code == 204
    await door.hear_revocations()
    assert [await is_in(door, one) for one in (here, there, far)] == [True, False, True]
    assert (await door.ask("DELETE", "/v1/me/sessions", token=here["access_token"])).status_code == 204
    await door.hear_revocations()
    assert [await is_in(door, one) for one in (here, there, far)] == [True, False, False]
    listed = (await door.ask("GET", "/v1/me/sessions", token=here["access_token"])).json()["items"]
    assert [one["id"] for one in listed] == [here["session_id"]]


async def test_somebody_elses_session_is_not_there(door: Door) -> None:
    await active(door)
    mine = await signed_in(door)
    operator = await operator_of(door)
    answer = await door.ask("DELETE", f"/v1/me/sessions/{mine['session_id']}", token=operator)
    assert (answer.status_code, answer.json()["code"]) == (404, "session_not_found")
    assert await is_in(door, mine)


async def test_a_new_password_ends_every_session_and_a_sign_in_with_it_begins_one(door: Door) -> None:
    await active(door)
    before = await signed_in(door)
    token = await link_mailed(door)
    assert (await door.ask("POST", "/v1/passwords", {"token": token, "password": ANOTHER})).status_code == 200
    await door.hear_revocations()
    assert not await is_in(door, before)
    answer = await door.client.post("/v1/sessions", json={**SIGN_IN, "password": ANOTHER})
    assert await is_in(door, answer.json())


async def test_a_revoked_key_is_refused_although_its_token_has_not_run_out(door: Door) -> None:
    person = await active(door)
    made = await door.ask("POST", "/v1/api-keys", {"name": "ERP", "scopes": ["account:read"]}, token=person)
    token = await door.token_of(made.json()["api_key"])
    assert (await door.ask("GET", "/v1/me", token=token)).status_code == 200
    assert (await door.ask("DELETE", f"/v1/api-keys/{made.json()['id']}", token=person)).status_code == 204
    await door.hear_revocations()
    refused = await door.ask("GET", "/v1/me", token=token)
    assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")
    assert (await door.ask("GET", "/v1/me", token=person)).status_code == 200


async def test_revocations_are_told_to_our_own_machines_only(door: Door) -> None:
    token = await active(door)
    session = await signed_in(door)
    await door.ask("DELETE", f"/v1/me/sessions/{session['session_id']}", token=token)
    (told,) = (await door.internal("GET", "/internal/revocations")).json()
    assert told["subject_id"] == session["session_id"]
    assert (await door.ask("GET", "/internal/revocations", token=token)).status_code == 404


async def test_a_stranger_who_guesses_locks_nobody_else_out(door: Door) -> None:
    await active(door)
    mine = await signed_in(door)
    for _ in range(5):
        assert (await knock(door, "198.51.100.7", password="not the password")).status_code == 401
    limited = await knock(door, "198.51.100.99")
    assert (limited.status_code, limited.json()["code"]) == (429, "too_many_sign_ins")
    assert (await knock(door, "203.0.113.77")).status_code == 200
    again = await knock(door, "198.51.100.99", device_token=mine["device_token"])
    assert (again.status_code, again.json()["device_token"]) == (200, mine["device_token"])
    assert (await knock(door, "198.51.100.99", device_token="made up")).status_code == 429
