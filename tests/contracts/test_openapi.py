"""The HTTP contracts are valid, complete, and what the code says today."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from jsonschema import Draft202012Validator

from chassis.runner import Process
from gateway.domain.routes import service_for
from tests.contracts.generate import PACKAGED, documents
from tests.contracts.kit import CONTRACTS, ROOT, SERVICES, read, service
from tests.contracts.openapi import METHODS

OFFICIAL = Draft202012Validator(read(Path(__file__).parent / "schema" / "openapi-3.1.json"))
FILES = [CONTRACTS / "openapi" / f"{name}.json" for name in SERVICES]
DESCRIBED = [CONTRACTS / "asyncapi" / f"{name}.yaml" for name in SERVICES]
PUBLIC = CONTRACTS / "openapi" / "gateway.json"
# Signing in is no write, and whoever posts a webhook repeats it under the id of the message.
WITHOUT_KEY = {
    "request_address_change",
    "activate_account",
    "resend_activation_mail",
    "request_password_reset",
    "set_new_password",
    "use_new_address",
    "accept_invitation_link",
    "sign_in",
    "refresh_sign_in",
    "issue_oauth_token",
    "receive_carrier",
    "receive_psp_webhook",
    "redrive_parked_messages",
    "erase_me",
    "close_own_company",
    "show_second_factor",
    "begin_passkey_sign_in",
    "finish_passkey_sign_in",
    "offer_own_authenticator",
    "confirm_own_authenticator",
    "remove_own_authenticator",
    "renew_own_recovery_codes",
    "begin_own_passkey",
    "add_own_passkey",
    "remove_own_passkey",
}
FOR_ANYBODY = {
    "list_markets",
    "list_categories",
    "check_unit",
    "register_company",
    "apply_to_sell",
    "activate_account",
    "resend_activation_mail",
    "request_password_reset",
    "set_new_password",
    "use_new_address",
    "accept_invitation_link",
    "sign_in",
    "show_second_factor",
    "begin_passkey_sign_in",
    "finish_passkey_sign_in",
    "refresh_sign_in",
    "issue_oauth_token",
    "read_jwks",
    "receive_carrier",
    "receive_psp_webhook",
    "read_test_clock",
}


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, m, item[m]) for path, item in document["paths"].items() for m in METHODS if m in item]


def references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*(references(item) for item in node))
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(value) for value in node.values()))
    return set()


@pytest.mark.parametrize("file", [*FILES, PACKAGED, *DESCRIBED], ids=lambda file: str(file.relative_to(ROOT)))
def test_the_file_is_what_the_code_says(file: Path) -> None:
    assert file.exists(), f"{file.name} is missing: run `make contracts`"
    assert file.read_text(encoding="utf-8") == documents()[file], (
        "the code says something else now: run `make contracts`"
    )


def test_there_is_no_other_document() -> None:
    there = {*(CONTRACTS / "openapi").iterdir(), *(CONTRACTS / "asyncapi").iterdir(), PACKAGED}
    assert there == set(documents())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_document_is_valid_openapi_3_1(file: Path) -> None:
    faults = [f"{fault.json_path}: {fault.message[:200]}" for fault in OFFICIAL.iter_errors(read(file))]
    assert faults == []


def test_a_wrong_document_would_be_found_out() -> None:
    document = read(PUBLIC)
    del document["paths"]["/v1/orders"]["post"]["responses"]["201"]["description"]
    assert not OFFICIAL.is_valid(document)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_the_document_refers_to_is_in_it_and_nothing_else_is(file: Path) -> None:
    document = read(file)
    there = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    there |= {f"#/components/responses/{name}" for name in document["components"]["responses"]}
    named = references(document)
    assert named - there == set()
    assert {name for name in there if "/schemas/" in name} - named == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_operation_says_what_it_is_for(file: Path) -> None:
    for path, method, operation in operations(read(file)):
        missing = [name for name in ("operationId", "summary", "description", "tags") if not operation.get(name)]
        assert missing == [], f"{method} {path} lacks {missing}"


def test_operation_ids_are_unique_over_all_services() -> None:
    names = [operation["operationId"] for _, _, operation in operations(read(PUBLIC))]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", SERVICES)
def test_every_public_route_is_in_the_public_document_under_its_service(name: str) -> None:
    routes = [route for router in service(name).routers for route in router.routes if isinstance(route, APIRoute)]
    served = {(route.path, m.lower()) for route in routes if route.include_in_schema for m in route.methods or ()}
    told = {(path, m) for path, m, operation in operations(read(PUBLIC)) if operation["tags"] == [name]}
    assert told == served
    if name != "gateway":
        assert {service_for(path) for path, _ in served} == {name}


def test_every_operation_has_a_service_that_is_introduced() -> None:
    document = read(PUBLIC)
    assert [tag["name"] for tag in document["tags"]] == list(SERVICES)
    assert {tuple(operation["tags"]) for _, _, operation in operations(document)} == {(name,) for name in SERVICES}


def test_nothing_internal_is_public() -> None:
    assert [path for path in read(PUBLIC)["paths"] if not path.startswith(("/v1/", "/.well-known/"))] == []


def test_every_write_asks_for_an_idempotency_key() -> None:
    without = set()
    for _, method, operation in operations(read(PUBLIC)):
        keys = [one for one in operation.get("parameters", []) if one["name"].lower() == "idempotency-key"]
        if method == "get":
            assert keys == []
        elif keys:
            assert keys[0]["required"] is True
            assert keys[0]["schema"]["type"] == "string"
        else:
            without.add(operation["operationId"])
    assert without == WITHOUT_KEY


def test_whoever_is_not_signed_in_can_do_little() -> None:
    document = read(PUBLIC)
    (scheme,) = document["components"]["securitySchemes"]
    assert document["components"]["securitySchemes"][scheme]["scheme"] == "bearer"
    open_to_all = {operation["operationId"] for _, _, operation in operations(document) if operation["security"] == []}
    assert open_to_all == FOR_ANYBODY
    others = [operation for _, _, operation in operations(document) if operation["operationId"] not in FOR_ANYBODY]
    assert all(operation["security"] == [{scheme: []}] for operation in others)


def test_every_operation_refuses_with_problem_documents() -> None:
    document = read(PUBLIC)
    for path, method, operation in operations(document):
        expected = {"400", "404", "422", "429", "503"}
        if method != "get" or operation["security"]:
            expected |= {"401", "403"}
        if method != "get":
            expected |= {"409"}
        refusals = {status: answer for status, answer in operation["responses"].items() if status[0] in "45"}
        assert expected <= set(refusals), f"{method} {path}"
        if operation["operationId"] == "issue_oauth_token":
            continue
        for answer in refusals.values():
            shared = document["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
            assert list(shared["content"]) == ["application/problem+json"]


async def test_the_gateway_serves_the_public_document() -> None:
    app = Process(service("gateway"), ["api"]).app
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway.test") as client:
        answer = await client.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == read(PUBLIC)
