"""A forgotten password, through the HTTP door."""

import pytest
from sqlalchemy import text

from services.accounts.tests.conftest import Door
from services.accounts.tests.test_api.test_people import PASSWORD, SIGN_IN, active, operator_of, published, sign_up

pytestmark = pytest.mark.storage

EMAIL = SIGN_IN["email"]
ANOTHER = "another long password"


async def user_id_of(door: Door) -> str:
    async with door.process.engine.connect() as connection:
        found = await connection.execute(text("select id from users where email = :email"), {"email": EMAIL})
        return str(found.scalar_one())


async def told_of_people(door: Door) -> list[list[str]]:
    """What was told about people, in order; the VAT register may have its say in between."""
    changes = await published(door, "accounts.company.changed.v1")
    return [change["what"] for change in changes if change["user_id"]]


async def link_mailed(door: Door) -> str:
    """Ask for the mail and take the token that stands in it."""
    assert (await door.ask("POST", "/v1/password-resets", {"email": EMAIL})).status_code == 202
    await door.errands()
    answer = await door.internal("POST", "/internal/password-links", {"user_id": await user_id_of(door)})
    assert answer.status_code == 200, answer.text
    assert answer.json()["email"] == EMAIL
    return str(answer.json()["link_token"])


async def test_a_forgotten_password_is_replaced(door: Door) -> None:
    await active(door)
    token = await link_mailed(door)
    done = await door.ask("POST", "/v1/passwords", {"token": token, "password": ANOTHER})
    assert (done.status_code, done.json()) == (200, {"status": "password_set"})
    old = await door.ask("POST", "/v1/sessions", SIGN_IN)
    assert (old.status_code, old.json()["code"]) == (401, "sign_in_refused")
    assert (await door.ask("POST", "/v1/sessions", {**SIGN_IN, "password": ANOTHER})).status_code == 200
    assert await told_of_people(door) == [["password_link"], ["password"]]


async def test_a_link_is_refused_by_name(door: Door) -> None:
    await active(door)
    token = await link_mailed(door)

    async def use(**changes: str) -> tuple[int, str]:
        answer = await door.ask("POST", "/v1/passwords", {"token": token, "password": ANOTHER, **changes})
        return answer.status_code, answer.json().get("code", "")

    assert await use(token=token[:-1] + ("0" if token[-1] != "0" else "1")) == (422, "password_link_invalid")
    assert await use(password="eleven char") == (422, "password_too_short")
    assert await use() == (200, "")
    assert await use() == (422, "password_link_invalid")
    late = await door.internal("POST", "/internal/password-links", {"user_id": await user_id_of(door)})
    assert (late.status_code, late.json()["code"]) == (422, "password_link_invalid")


@pytest.mark.parametrize("path", ["/v1/password-resets", "/v1/activation-mails"])
async def test_the_same_is_answered_and_done_for_every_address(door: Door, path: str) -> None:
    """What the request leaves behind is counted, because that is what its time is made of."""
    await active(door)
    answers, rows = [], []
    for email in (EMAIL, "nobody@else.example", "operator@regrade.example"):
        answers.append(await door.ask("POST", path, {"email": email}))
        async with door.process.engine.connect() as connection:
            counted = "select (select count(*) from timers where kind like 'answer%'), (select count(*) from outbox)"
            rows.append(tuple((await connection.execute(text(counted))).one()))
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, '{"status":"accepted"}')}
    timers, events = zip(*rows, strict=True)
    assert timers == (1, 2, 3)
    assert len(set(events)) == 1


async def test_whoever_never_set_a_password_gets_the_activation_mail(door: Door) -> None:
    await sign_up(door)
    async with door.process.engine.begin() as connection:
        await connection.execute(
            text("update users set link = jsonb_set(link, '{requested_at}', '\"2026-01-01T00:00:00+00:00\"')")
        )
    await door.ask("POST", "/v1/password-resets", {"email": EMAIL})
    await door.errands()
    assert await told_of_people(door) == [["activation_link"]]


async def test_the_operators_password_is_the_environments(door: Door) -> None:
    await door.ask("POST", "/v1/password-resets", {"email": "operator@regrade.example"})
    await door.errands()
    assert await told_of_people(door) == []
    assert await operator_of(door)


async def test_a_link_of_one_kind_opens_nothing_of_another(door: Door) -> None:
    await active(door)
    token = await link_mailed(door)
    answer = await door.ask("POST", "/v1/activations", {"token": token, "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (422, "activation_link_invalid")


async def test_a_person_to_write_to_is_for_our_own_machines(door: Door) -> None:
    await active(door)
    path = f"/internal/people/{await user_id_of(door)}"
    person = (await door.internal("GET", path)).json()
    assert (person["email"], person["name"], person["language"]) == (EMAIL, "Camille Exemple", "fr")
    assert (await door.ask("GET", path)).status_code == 404
    nobody = await door.internal("GET", "/internal/people/00000000-0000-7000-8000-000000000000")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "user_not_found")
