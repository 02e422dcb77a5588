"""The same write twice: the first answer again, one effect; another request under its key is refused."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
import pytest

from regrade.platform import wait_for
from tests.journeys.doors import KEYED, NDJSON, Door, of
from tests.journeys.people import People, refused
from tests.journeys.prey import NEWCOMER, Prey, application, token_mailed
from tests.journeys.world import World

pytestmark = pytest.mark.journey


@of(KEYED)
def test_a_repeat_gets_the_first_answer_and_another_request_none(prey: Prey, people: People, door: Door) -> None:
    key = {"Idempotency-Key": str(uuid4()), **door.headers}
    path = door.repeat_path(prey)
    request: dict[str, Any] = {"headers": key}
    other: dict[str, Any] = {"headers": key}
    other_path = path
    if door.lines is not None and door.other_lines is not None:
        request |= {"headers": {**key, **NDJSON}, "content": door.lines(prey)}
        other |= {"headers": {**key, **NDJSON}, "content": door.other_lines(prey)}
    elif door.body is not None:
        honest = door.body(prey)
        request["json"], other["json"] = honest, {**honest, **door.changed}
    else:
        other_path = f"{path}?another=1"
    first = people.ask(door.who, door.method, path, **request)
    assert "Idempotent-Replayed" not in first.headers
    again = people.ask(door.who, door.method, path, **request)
    if door.verdict is not None:
        refused(first, door.honest, door.verdict)
        refused(again, door.honest, door.verdict)
    else:
        assert (first.status_code, again.status_code) == (door.honest, door.honest), (first.text, again.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    if door.template == "/v1/orders":
        # An order that was placed moves on; the repeat tells of the same one as it stands now.
        assert (again.json()["id"], again.json()["number"]) == (first.json()["id"], first.json()["number"])
    else:
        assert said(again) == said(first)
    refused(people.ask(door.who, door.method, other_path, **other), 422, "idempotency_key_reused")
    if door.template == "/v1/test-clock/advances":
        # One advance at a time: the next test may want the clock.
        wait_for(lambda: arrived(people, first.json()["id"]), "the test clock to arrive")


def test_keys_of_two_companies_are_two_keys(prey: Prey, people: People) -> None:
    key = {"Idempotency-Key": str(uuid4()), "Prefer": "wait=30"}
    one = people.ask("buyer", "POST", "/v1/orders", json=prey.order(), headers=key).json()
    other = people.ask("rival", "POST", "/v1/orders", json=prey.order(), headers=key).json()
    assert one["id"] != other["id"]
    for who, order in (("buyer", one), ("rival", other)):
        assert people.write(who, "POST", f"/v1/orders/{order['id']}/cancellation").status_code == 200


def test_an_address_whose_sign_up_was_refused_is_still_free(world: World, people: People) -> None:
    email = f"{uuid4().hex}@imprimerie.example"
    body = {**application(NEWCOMER), "contact": {"email": email, "name": "Service"}}
    refused(people.write(None, "POST", "/v1/companies", json={**body, "country": "fr"}), 422, "validation_failed")
    assert people.write(None, "POST", "/v1/companies", json=body).status_code == 201
    assert token_mailed(world, email)


def test_the_link_survived_every_attack_and_works_once(prey: Prey, people: People) -> None:
    body = {"token": prey.activation_token, "password": "a password long enough"}
    assert people.ask(None, "POST", "/v1/activations", json=body).status_code == 200
    refused(people.ask(None, "POST", "/v1/activations", json=body), 409, "activation_link_used")


def arrived(people: People, advance_id: str) -> bool | None:
    return people.read("operator", f"/v1/test-clock/advances/{advance_id}")["state"] == "done" or None


def said(answer: httpx.Response) -> Any:
    """What an answer says, without what is shown once only."""
    if not answer.headers.get("content-type", "").endswith("json"):
        return answer.text
    body: Mapping[str, Any] = answer.json()
    return {name: value for name, value in body.items() if name not in ("api_key", "client_secret")}
