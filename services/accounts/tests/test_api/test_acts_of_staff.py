"""What the operator's staff does to itself is recorded, through whatever door it comes; what others do to themselves is not."""

from typing import Any

import pytest
from sqlalchemy import text

from services.accounts.tests.conftest import Door
from services.accounts.tests.test_api.test_people import PASSWORD, SIGN_IN, active, operator_of
from services.accounts.tests.test_api.test_second_factor import with_app, with_passkey

from ..soft_device import SoftDevice

pytestmark = [pytest.mark.storage, pytest.mark.usefixtures("still")]

STAFF = {"email": "sue@regrade.example", "name": "Sue", "role": "support"}
SUES = {"email": STAFF["email"], "password": PASSWORD}


async def recorded(door: Door) -> list[Any]:
    """Acts of people, oldest first."""
    statement = "select act, actor_id, actor_role, subject_kind, details from audit_log order by seq"
    async with door.process.engine.connect() as connection:
        return list((await connection.execute(text(statement))).all())


async def acts(door: Door) -> list[str]:
    return [row.act for row in await recorded(door)]


async def hired(door: Door) -> str:
    """A token of somebody who was invited into the operator's company."""
    owner = await operator_of(door)
    invited = await door.ask("POST", "/v1/company/invitations", STAFF, token=owner)
    link = await door.internal("POST", "/internal/invitation-links", {"invitation_id": invited.json()["id"]})
    accept = {"token": link.json()["link_token"], "password": PASSWORD}
    assert (await door.ask("POST", "/v1/invitation-acceptances", accept)).status_code == 200
    return str((await door.ask("POST", "/v1/sessions", SUES)).json()["access_token"])


async def test_what_staff_does_before_it_is_signed_in_is_recorded_too(door: Door) -> None:
    token = await hired(door)
    me = (await door.ask("GET", "/v1/me", token=token)).json()["subject"]["id"]
    assert await acts(door) == ["sign_in", "invite_into_company", "accept_invitation_link", "sign_in"]
    joined, signed_in = (await recorded(door))[2:]
    assert (str(joined.actor_id), joined.actor_role, joined.subject_kind) == (me, "support", "user")
    assert (str(signed_in.actor_id), signed_in.subject_kind, signed_in.details) == (me, "session", {"by": "password"})
    await door.ask("POST", "/v1/password-resets", {"email": STAFF["email"]})
    await door.errands()
    link = await door.internal("POST", "/internal/password-links", {"user_id": me})
    reset = {"token": link.json()["link_token"], "password": "another long password"}
    assert (await door.ask("POST", "/v1/passwords", reset)).status_code == 200
    assert (await acts(door))[4:] == ["set_new_password"]


async def test_staffs_own_second_factor_and_sessions_are_recorded_without_their_secrets(door: Door) -> None:
    token = await hired(door)
    before = len(await acts(door))
    app, codes = await with_app(door, token)
    wrong = await door.ask("POST", "/v1/me/authenticator", {"password": "not the password"}, token=token)
    assert wrong.status_code == 403
    asked = await door.ask("POST", "/v1/sessions", SUES)
    shown = {"challenge": asked.json()["challenge"], "code": app.code()}
    assert (await door.ask("POST", "/v1/sessions/second-factor", shown)).status_code == 200
    ended = await door.ask("DELETE", "/v1/me/sessions", token=token)
    assert ended.status_code == 204
    removal = {"password": PASSWORD, "recovery_code": codes[0]}
    removed = await door.ask("POST", "/v1/me/authenticator/removal", removal, token=token)
    assert removed.status_code == 204, removed.text
    passkey = await with_passkey(door, token, SoftDevice("http://gateway.example"))
    assert passkey["passkey"]["name"] == "Telephone"
    rows = (await recorded(door))[before:]
    assert [row.act for row in rows] == [
        "offer_own_authenticator",
        "confirm_own_authenticator",
        "sign_in",
        "sign_out_elsewhere",
        "remove_own_authenticator",
        "begin_own_passkey",
        "add_own_passkey",
    ], "a refusal changed nothing"
    assert rows[2].details == {"by": "second_factor"}
    kept = str([row._mapping for row in rows])
    assert not any(secret in kept for secret in (PASSWORD, *codes, "Telephone"))


async def test_a_refresh_token_that_comes_twice_is_recorded_as_the_end_of_its_session(door: Door) -> None:
    await hired(door)
    session = (await door.ask("POST", "/v1/sessions", SUES)).json()
    first = session["refresh_token"]
    for _ in range(2):
        renewed = await door.ask("POST", "/v1/sessions/refresh", {"refresh_token": session["refresh_token"]})
        session = renewed.json()
    assert (await door.ask("POST", "/v1/sessions/refresh", {"refresh_token": first})).status_code == 401
    last = (await recorded(door))[-1]
    assert (last.act, last.subject_kind, last.details) == ("refresh_sign_in", "session", {"ended": "reused"})


async def test_a_buyers_sign_ins_and_factors_are_nobodys_business(door: Door) -> None:
    token = await active(door)
    await with_app(door, token)
    await door.ask("POST", "/v1/sessions", SIGN_IN)
    assert await acts(door) == []
