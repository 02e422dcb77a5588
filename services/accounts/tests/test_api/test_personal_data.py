"""Being forgotten, through the HTTP door, and a search through every table afterwards."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import text

from services.accounts.tests.conftest import Door
from services.accounts.tests.test_api.test_company_people import joined
from services.accounts.tests.test_api.test_people import (
    PASSWORD,
    active,
    operator_of,
    published,
)

pytestmark = pytest.mark.storage

PROVEN = {"password": PASSWORD}
CAMILLE = ("camille@reparo.example", "Camille Exemple")
KIM = ("kim@reparo.example", "Kim Exemple")


def hash_of(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()


async def where_found(door: Door, *canaries: str) -> set[str]:
    """Every table with one of these words in any of its rows, whatever the case."""
    found = set()
    async with door.process.engine.connect() as connection:
        names = await connection.execute(text("select tablename from pg_tables where schemaname = 'public'"))
        for table in [row[0] for row in names.all()]:
            rows = await connection.execute(text(f'select lower(row_to_json(t)::text) from "{table}" t'))
            if any(canary.lower() in row[0] for row in rows.all() for canary in canaries):
                found.add(table)
    return found


async def erase(door: Door, token: str, **changes: str) -> Any:
    return await door.ask("POST", "/v1/me/erasure", {**PROVEN, **changes}, token=token)


async def test_a_person_leaves_nothing_behind_and_the_address_is_free_again(door: Door) -> None:
    camille = await active(door)
    kim = await joined(door, camille)
    await door.ask("POST", "/v1/me/email-changes", {"email": "kim.neuf@reparo.example", **PROVEN}, token=kim)
    # Somebody else has tried with this address: what is kept of that is a hash, and goes too.
    await door.ask("POST", "/v1/sessions", {"email": KIM[0], "password": "a guess of a stranger"})
    before = await where_found(door, *KIM, "kim.neuf", hash_of(KIM[0]))
    assert before == {"users", "invitations", "receipts", "email_changes", "sign_in_attempts"}
    gone = await erase(door, kim)
    assert gone.status_code == 202, gone.text
    body = gone.json()
    assert (body["state"], body["cause"]) == ("requested", "person")
    assert body["waits_for"] == ["aftersales", "catalog", "gateway", "orders", "payments"]
    assert await where_found(door, *KIM, "kim.neuf", hash_of(KIM[0])) == set()
    assert (await door.ask("POST", "/v1/sessions", {"email": KIM[0], "password": PASSWORD})).status_code == 401
    await door.hear_revocations()
    assert (await door.ask("GET", "/v1/me", token=kim)).status_code == 401
    mails = await door.internal("GET", f"/internal/people/{body['user_id']}")
    assert (mails.status_code, mails.json()["code"]) == (404, "user_not_found")
    again = await joined(door, camille)
    assert (await door.ask("GET", "/v1/me", token=again)).json()["subject"]["id"] != body["user_id"]


async def test_the_company_goes_on_with_its_other_owner(door: Door) -> None:
    camille = await active(door)
    kim = await joined(door, camille, role="owner")
    assert (await erase(door, camille)).status_code == 202
    profile = (await door.ask("GET", "/v1/company", token=kim)).json()
    assert (profile["contact"]["name"], profile["contact"]["email"]) == ("Kim Exemple", "kim@reparo.example")
    people = (await door.ask("GET", "/v1/company/people", token=kim)).json()["items"]
    assert [(one["name"], one["state"]) for one in people] == [("erased", "erased"), ("Kim Exemple", "active")]


async def test_the_last_owner_and_who_does_not_know_the_password_stay(door: Door) -> None:
    camille = await active(door)
    wrong = await erase(door, camille, password="not the password")
    assert (wrong.status_code, wrong.json()["code"]) == (403, "password_wrong")
    last = await erase(door, camille)
    assert (last.status_code, last.json()["code"]) == (409, "last_owner")
    assert "users" in await where_found(door, *CAMILLE)


async def test_the_operator_sees_who_has_not_obeyed_until_all_have(door: Door) -> None:
    camille = await active(door)
    await joined(door, camille, role="owner")
    erasure = (await erase(door, camille)).json()
    operator = await operator_of(door)

    async def confirm(holder: str) -> Any:
        body = {"holder": holder, "erased": {"deliveries": 2}, "kept": []}
        return await door.internal("POST", f"/internal/erasures/{erasure['erasure_id']}/confirmations", body)

    assert (await confirm("sandbox")).json()["code"] == "holder_unknown"
    for holder in ("orders", "orders", "payments", "catalog", "gateway"):
        assert (await confirm(holder)).json() == {"state": "requested"}
    (one,) = (await door.ask("GET", "/v1/operator/erasures?state=requested", token=operator)).json()["items"]
    assert one["waits_for"] == ["aftersales"]
    assert (await confirm("aftersales")).json() == {"state": "done"}
    (one,) = (await door.ask("GET", "/v1/operator/erasures?state=done", token=operator)).json()["items"]
    assert [told["holder"] for told in one["confirmations"]] == [
        "accounts",
        "aftersales",
        "catalog",
        "gateway",
        "orders",
        "payments",
    ]
    assert len(await published(door, "accounts.erasure.completed.v1")) == 1
