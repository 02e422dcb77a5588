"""The people of a company through the HTTP door."""

from typing import Any

import pytest

from services.accounts.tests.conftest import Door
from services.accounts.tests.test_api.test_people import PASSWORD, active

pytestmark = pytest.mark.storage

KIM = {"email": "Kim@Reparo.example", "name": "Kim Exemple", "role": "buyer"}


async def joined(door: Door, token: str, **changes: Any) -> str:
    """The access token of somebody who was invited and has accepted."""
    body = {**KIM, **changes}
    invited = await door.ask("POST", "/v1/company/invitations", body, token=token)
    assert invited.status_code == 201, invited.text
    link = await door.internal("POST", "/internal/invitation-links", {"invitation_id": invited.json()["id"]})
    accept = {"token": link.json()["link_token"], "password": PASSWORD}
    accepted = await door.ask("POST", "/v1/invitation-acceptances", accept)
    assert (accepted.status_code, accepted.json()["kind"]) == (200, "buyer")
    session = await door.ask("POST", "/v1/sessions", {"email": body["email"], "password": PASSWORD})
    return str(session.json()["access_token"])


async def test_who_is_invited_signs_in_with_the_scopes_of_the_role(door: Door) -> None:
    owner = await active(door)
    kim = await joined(door, owner)
    scopes = (await door.ask("GET", "/v1/me", token=kim)).json()["subject"]["scopes"]
    assert ("orders:write" in scopes, "account:write" in scopes) == (True, False)
    refused = await door.ask("POST", "/v1/company/invitations", {**KIM, "email": "x@reparo.example"}, token=kim)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    people = (await door.ask("GET", "/v1/company/people", token=kim)).json()["items"]
    assert [(one["email"], one["role"], one["state"]) for one in people] == [
        ("camille@reparo.example", "owner", "active"),
        ("kim@reparo.example", "buyer", "active"),
    ]
    (invitation,) = (await door.ask("GET", "/v1/company/invitations", token=owner)).json()["items"]
    assert invitation["state"] == "accepted"


async def test_everybody_acts_on_themselves_whatever_the_role(door: Door) -> None:
    kim = await joined(door, await active(door), role="read_only")
    body = {"email": "kim.exemple@reparo.example", "password": PASSWORD}
    assert (await door.ask("POST", "/v1/me/email-changes", body, token=kim)).status_code == 202
    assert (await door.ask("DELETE", "/v1/me/sessions", token=kim)).status_code == 204
    (here,) = (await door.ask("GET", "/v1/me/sessions", token=kim)).json()["items"]
    assert (await door.ask("DELETE", f"/v1/me/sessions/{here['id']}", token=kim)).status_code == 204
    await door.hear_revocations()
    assert (await door.ask("GET", "/v1/me", token=kim)).status_code == 401


async def test_a_link_works_once_and_a_made_up_one_never(door: Door) -> None:
    owner = await active(door)
    invited = await door.ask("POST", "/v1/company/invitations", KIM, token=owner)
    path = f"/v1/company/invitations/{invited.json()['id']}"
    soon = await door.ask("POST", f"{path}/mails", token=owner)
    assert (soon.status_code, soon.json()["code"]) == (409, "invitation_mail_too_soon")
    link = await door.internal("POST", "/internal/invitation-links", {"invitation_id": invited.json()["id"]})
    token = link.json()["link_token"]
    assert (link.json()["email"], link.json()["language"]) == ("kim@reparo.example", "fr")

    async def use(token: str, password: str = PASSWORD) -> tuple[int, str]:
        answer = await door.ask("POST", "/v1/invitation-acceptances", {"token": token, "password": password})
        return answer.status_code, answer.json().get("code", "")

    assert await use(token[:-1] + "x") == (422, "invitation_link_invalid")
    assert await use(token, "short") == (422, "password_too_short")
    assert await use(token) == (200, "")
    assert await use(token) == (409, "invitation_link_used")
    late = await door.ask("POST", f"{path}/withdrawal", token=owner)
    assert (late.status_code, late.json()["code"]) == (409, "invitation_state")


async def test_a_role_is_changed_and_who_has_left_signs_in_no_more(door: Door) -> None:
    owner = await active(door)
    await joined(door, owner)
    people = (await door.ask("GET", "/v1/company/people", token=owner)).json()["items"]
    first, kim = people[0]["id"], people[1]["id"]
    changed = await door.ask("PUT", f"/v1/company/people/{kim}/role", {"role": "approver"}, token=owner)
    assert (changed.status_code, "orders:approve" in changed.json()["scopes"]) == (200, True)
    wrong = await door.ask("PUT", f"/v1/company/people/{kim}/role", {"role": "stock"}, token=owner)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "role_unknown")
    gone = await door.ask("POST", f"/v1/company/people/{kim}/deactivation", token=owner)
    assert (gone.status_code, gone.json()["state"]) == (201, "deactivated")
    refused = await door.ask("POST", "/v1/sessions", {"email": KIM["email"], "password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (401, "sign_in_refused")
    last = await door.ask("POST", f"/v1/company/people/{first}/deactivation", token=owner)
    assert (last.status_code, last.json()["code"]) == (409, "last_owner")
