"""Every public write under bad input: a named refusal each time, and nothing changed; and not one write is left out."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.journeys.doors import DOORS, JSON, KEYED, SIGNED_IN, WITH_BODY, Door, of, send
from tests.journeys.people import faults_of, refused, with_claims, without_signature
from tests.journeys.prey import Prey

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("unchanged")]


def test_every_public_write_has_a_row(prey: Prey) -> None:
    stack = prey.world.stack
    found = set()
    for service in ("accounts", "catalog", "orders", "payments", "aftersales", "gateway"):
        paths = httpx.get(f"{stack.url(service)}/openapi.json").json()["paths"]
        assert paths, service
        found |= {(method.upper(), path) for path, operations in paths.items() for method in operations}
    # What only reads is not attacked here.
    assert {one for one in found if one[0] != "GET"} == {(door.method, door.template) for door in DOORS}


@of(SIGNED_IN)
def test_nobody_writes_without_a_sign_in_of_ours(prey: Prey, door: Door) -> None:
    assert door.who is not None
    member = prey.world.buyer
    own_token = prey.world.platform.anybody.post(
        "/v1/sessions", {"email": prey.rival.email, "password": prey.rival.password}
    )["access_token"]
    key_id = member.api_key.rsplit("_", 1)[0]
    for bearer in (
        "garbage",
        "rgk_garbage",
        f"{key_id}_{'0' * 64}",
        without_signature(own_token),
        with_claims(own_token, kind="operator", scope="operator:money orders:write stock:write seller_orders:write"),
        own_token[:-3],
    ):
        answer = send(prey, door, None, headers={"Authorization": f"Bearer {bearer}"})
        refused(answer, 401, "not_signed_in")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    refused(send(prey, door, None), 401, "not_signed_in")
    refused(send(prey, door, None, headers={"Authorization": "Basic YWRtaW46YWRtaW4="}), 401, "not_signed_in")
    refused(send(prey, door, None, headers={"Authorization": "Bearer é".encode()}), 401, "not_signed_in")


@of(SIGNED_IN)
def test_nobody_writes_without_the_scope(prey: Prey, door: Door) -> None:
    for stranger in door.strangers:
        problem = refused(send(prey, door, stranger), 403, "scope_missing")
        assert problem["scope"] == door.scope


@of(WITH_BODY)
def test_a_body_that_cannot_be_read_is_refused(prey: Prey, door: Door) -> None:
    for content, status, code in (
        (b'{"a": ', 400, "malformed_json"),
        (b"\x00", 400, "malformed_json"),
        (b'{"a": "\xff"}', 400, "malformed_request"),
        (b"[" * 100_000, 400, "malformed_request"),
        (b'{"a": ' + b"9" * 10_000 + b"}", 400, "malformed_request"),
        (b"", 422, "validation_failed"),
        (b"null", 422, "validation_failed"),
        (b"[]", 422, "validation_failed"),
        (b'"text"', 422, "validation_failed"),
    ):
        refused(send(prey, door, door.who, content=content, headers=JSON), status, code)
    assert door.body is not None
    honest = json.dumps(door.body(prey)).encode()
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = send(prey, door, door.who, content=honest, headers={"Content-Type": media_type})
        problem = refused(answer, 415, "unsupported_media_type")
        assert problem["detail"] == "Send application/json"


@of(WITH_BODY)
def test_a_field_too_many_or_too_few_is_named(prey: Prey, door: Door) -> None:
    assert door.body is not None
    honest = door.body(prey)
    problem = refused(send(prey, door, door.who, json={**honest, "is_operator": True}), 422, "validation_failed")
    assert faults_of(problem) == {("/body/is_operator", "extra_forbidden")}
    for missing in required_fields(prey, door):
        rest = {name: value for name, value in honest.items() if name != missing}
        problem = refused(send(prey, door, door.who, json=rest), 422, "validation_failed")
        assert faults_of(problem) == {(f"/body/{missing}", "missing")}


@of(WITH_BODY)
def test_text_that_no_database_can_store_is_refused(prey: Prey, door: Door) -> None:
    assert door.body is not None
    for path, spoilt in with_each_text(door.body(prey), lambda text: f"{text}\x00"):
        if door.template == "/v1/activations" and path == "/password":
            # Only its hash is stored: any character makes a good password.
            continue
        answer = send(prey, door, door.who, json=spoilt)
        if door.template == "/v1/sessions" and path == "/password":
            # No password is stored, so none is looked at: it is simply not the right one.
            refused(answer, 401, "sign_in_refused")
        elif door.verdict == "password_wrong" and path == "/password":
            # Nor here.
            refused(answer, 403, "password_wrong")
        else:
            assert answer.status_code == 422, (path, answer.text)
            assert answer.json()["code"] != "", path


@of([door for door in DOORS if door.keyed and door.who])
def test_a_body_too_large_is_refused(prey: Prey, door: Door) -> None:
    too_large = b" " * (door.body_max_bytes + 1)
    problem = refused(send(prey, door, door.who, content=too_large, headers=JSON), 413, "body_too_large")
    assert problem["max_bytes"] == door.body_max_bytes


@of(KEYED)
def test_a_write_without_a_usable_key_is_refused(prey: Prey, door: Door) -> None:
    refused(send(prey, door, door.who, headers={"Idempotency-Key": ""}), 400, "idempotency_key_required")
    too_long = refused(send(prey, door, door.who, headers={"Idempotency-Key": "k" * 256}), 422, "validation_failed")
    assert faults_of(too_long) == {("/header/idempotency-key", "string_too_long")}
    not_ascii = send(prey, door, door.who, headers={"Idempotency-Key": "clé".encode()})
    if door.service == "gateway":
        refused(not_ascii, 422, "validation_failed")
    else:
        refused(not_ascii, 400, "header_malformed")


def required_fields(prey: Prey, door: Door) -> list[str]:
    """What the service's own document calls required."""
    document = httpx.get(f"{prey.world.stack.url(door.service)}/openapi.json").json()
    operation = document["paths"][door.template][door.method.lower()]
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
    required: list[str] = document["components"]["schemas"][name].get("required", [])
    return required


def with_each_text(body: Any, spoil: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The body once for every text in it, with that one spoilt."""
    match body:
        case str():
            yield path, spoil(body)
        case dict():
            for name, value in body.items():
                for where, spoilt in with_each_text(value, spoil, f"{path}/{name}"):
                    yield where, {**body, name: spoilt}
        case list():
            for n, value in enumerate(body):
                for where, spoilt in with_each_text(value, spoil, f"{path}/{n}"):
                    yield where, [*body[:n], spoilt, *body[n + 1 :]]
        case _:
            return
