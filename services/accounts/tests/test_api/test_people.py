"""Sign-up to sign-in through the HTTP door."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from services.accounts.tests.builders import FRENCH_VAT, SIREN
from services.accounts.tests.conftest import Door

pytestmark = pytest.mark.storage

PASSWORD = "correct horse battery"
BUYER: dict[str, Any] = {
    "legal_name": "Reparo SAS",
    "country": "FR",
    "registration_number": SIREN,
    "vat_number": FRENCH_VAT,
    "market": "fr-pro",
    "address": {"street": "1 rue de la Paix", "postal_code": "75002", "city": "Paris", "country": "FR"},
    "contact": {"email": "Camille@Reparo.example", "name": "Camille Exemple"},
}
SIGN_IN = {"email": "camille@reparo.example", "password": PASSWORD}


async def sign_up(door: Door, **changes: Any) -> dict[str, Any]:
    answer = await door.ask("POST", "/v1/companies", {**BUYER, **changes})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def link_of(door: Door, user_id: str) -> str:
    answer = await door.internal("POST", "/internal/activation-links", {"user_id": user_id})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["link_token"])


async def active(door: Door) -> str:
    """The access token of a buyer who has done it all."""
    signed_up = await sign_up(door)
    token = await link_of(door, signed_up["user_id"])
    assert (await door.ask("POST", "/v1/activations", {"token": token, "password": PASSWORD})).status_code == 200
    answer = await door.ask("POST", "/v1/sessions", SIGN_IN)
    return str(answer.json()["access_token"])


async def test_a_buyer_signs_up_opens_the_link_and_signs_in(door: Door) -> None:
    signed_up = await sign_up(door)
    assert signed_up["state"] == "pending_activation"
    token = await link_of(door, signed_up["user_id"])
    activated = await door.ask("POST", "/v1/activations", {"token": token, "password": PASSWORD})
    assert activated.json() == {
        "company_id": signed_up["company_id"],
        "kind": "buyer",
        "state": "active",
        "version": 2,
    }
    session = (await door.ask("POST", "/v1/sessions", SIGN_IN)).json()
    assert (session["token_type"], session["expires_in"]) == ("Bearer", 600)
    assert session["subject"]["company_id"] == signed_up["company_id"]
    assert "orders:write" in session["subject"]["scopes"]
    me = (await door.ask("GET", "/v1/me", token=session["access_token"])).json()
    assert (me["email"], me["company"]["legal_name"]) == ("camille@reparo.example", "Reparo SAS")
    assert me["company"]["vat_numbers"][0]["status"] == "not_asked"


async def test_a_used_address_is_not_told_and_a_repeated_request_is_not_a_second_sign_up(door: Door) -> None:
    first = await door.ask("POST", "/v1/companies", BUYER, key="k1")
    again = await door.ask("POST", "/v1/companies", BUYER, key="k1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await door.ask("POST", "/v1/companies", BUYER, key="k2")
    assert (other.status_code, other.json().keys()) == (201, first.json().keys())
    assert other.json()["state"] == first.json()["state"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"market": "no-such-market"}, 422, "unknown_market"),
        ({"country": "DK", "registration_number": "13585628", "vat_number": None}, 422, "country_not_served"),
        ({"registration_number": "732829321"}, 422, "registration_number_invalid"),
        ({"vat_number": "FR45732829320"}, 422, "vat_number_invalid"),
        ({"contact": {"email": "nonsense", "name": "X"}}, 422, "validation_failed"),
        ({"unknown_field": 1}, 422, "validation_failed"),
    ],
)
async def test_a_wrong_sign_up_is_refused_by_name(door: Door, changes: dict[str, Any], status: int, code: str) -> None:
    answer = await door.ask("POST", "/v1/companies", {**BUYER, **changes})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_activation_is_refused_by_name(door: Door) -> None:
    signed_up = await sign_up(door)
    token = await link_of(door, signed_up["user_id"])

    async def use(**changes: str) -> tuple[int, str]:
        answer = await door.ask("POST", "/v1/activations", {"token": token, "password": PASSWORD, **changes})
        return answer.status_code, answer.json().get("code", "")

    assert await use(token=token[:-1] + "x") == (422, "activation_link_invalid")
    assert await use(password="eleven char") == (422, "password_too_short")
    assert await use(password="x" * 257) == (422, "password_too_long")
    assert await use() == (200, "")
    assert await use() == (409, "activation_link_used")
    late = await door.internal("POST", "/internal/activation-links", {"user_id": signed_up["user_id"]})
    assert (late.status_code, late.json()["code"]) == (409, "activation_link_used")


async def test_the_mail_is_asked_for_again_with_the_same_answer_for_everybody(door: Door) -> None:
    signed_up = await sign_up(door)
    async with door.process.engine.begin() as connection:
        # The minute between two mails has gone by.
        await connection.execute(
            text("update users set link = jsonb_set(link, '{requested_at}', '\"2026-01-01T00:00:00+00:00\"')")
        )
    answers = [
        await door.ask("POST", "/v1/activation-mails", {"email": email})
        for email in ("CAMILLE@reparo.example", "nobody@else.example")
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, '{"status":"accepted"}')}
    await door.errands()
    asked = {"company_id": signed_up["company_id"], "what": ["activation_link"], "user_id": signed_up["user_id"]}
    assert [one for one in await published(door, "accounts.company.changed.v1") if one["user_id"]] == [asked]


async def test_who_is_unknown_wrong_or_inactive_hears_the_same(door: Door) -> None:
    await sign_up(door)
    inactive = await door.ask("POST", "/v1/sessions", SIGN_IN)
    unknown = await door.ask("POST", "/v1/sessions", {**SIGN_IN, "email": "nobody@else.example"})
    wrong = await door.ask(
        "POST", "/v1/sessions", {"email": "operator@regrade.example", "password": "not the password"}
    )
    assert {answer.status_code for answer in (inactive, unknown, wrong)} == {401}
    assert len({answer.text for answer in (inactive, unknown, wrong)}) == 1
    assert inactive.json()["code"] == "sign_in_refused"


async def test_the_sixth_failure_is_answered_with_429_even_for_the_right_password(door: Door) -> None:
    await active(door)
    wrong = {**SIGN_IN, "password": "not the password"}
    failures = await asyncio.gather(*[door.ask("POST", "/v1/sessions", wrong) for _ in range(5)])
    assert [answer.status_code for answer in failures] == [401] * 5
    limited = await door.ask("POST", "/v1/sessions", SIGN_IN)
    assert (limited.status_code, limited.json()["code"]) == (429, "too_many_sign_ins")
    assert limited.headers["Retry-After"] == "900"


async def test_the_party_snapshot_is_for_our_own_machines(door: Door) -> None:
    signed_up = await sign_up(door)
    path = f"/internal/parties/{signed_up['company_id']}"
    party = (await door.internal("GET", path)).json()
    assert (party["legal_name"], party["version"], party["vat_evidence"]["status"]) == ("Reparo SAS", 1, "not_asked")
    assert (await door.ask("GET", path)).status_code == 404
    nobody = await door.internal("GET", "/internal/parties/00000000-0000-7000-8000-000000000000")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "company_not_found")


async def test_without_a_token_or_an_idempotency_key_nothing_is_done(door: Door) -> None:
    assert (await door.ask("GET", "/v1/me")).status_code == 401
    answer = await door.client.post("/v1/companies", json=BUYER)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


async def operator_of(door: Door) -> str:
    answer = await door.ask(
        "POST", "/v1/sessions", {"email": "operator@regrade.example", "password": "operator password"}
    )
    return str(answer.json()["access_token"])


async def published(door: Door, type: str) -> list[Any]:
    async with door.process.engine.connect() as connection:
        rows = await connection.execute(text("select data from outbox where type = :type order by n"), {"type": type})
        return list(rows.scalars())
