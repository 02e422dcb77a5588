"""The published documents pass the linter without a warning, and the linter would say so if they did not."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.generate import documents, examples
from tests.contracts.kit import CONTRACTS, SERVICES, read
from tests.contracts.openapi import document
from tests.contracts.samples import EXAMPLES, is_valid, shown_parts
from tests.tools.node import spectral

RULES = CONTRACTS / ".spectral.yaml"
PUBLIC = CONTRACTS / "openapi" / "gateway.json"


@pytest.mark.node
def test_no_document_is_warned_about() -> None:
    published = [file for file in documents() if file.is_relative_to(CONTRACTS)]
    found = [str(one) for one in spectral(RULES, published) if one.severity in ("error", "warn")]
    assert found == []


def without_security(operation: dict[str, Any]) -> None:
    del operation["security"]


def without_refusals(operation: dict[str, Any]) -> None:
    operation["responses"] = {"201": operation["responses"]["201"]}


def without_request_example(operation: dict[str, Any]) -> None:
    del operation["requestBody"]["content"]["application/json"]["example"]


def without_answer_example(operation: dict[str, Any]) -> None:
    del operation["responses"]["201"]["content"]["application/json"]["example"]


def without_description(operation: dict[str, Any]) -> None:
    del operation["description"]


def with_a_tag_nobody_knows(operation: dict[str, Any]) -> None:
    operation["tags"] = ["misc"]


def with_an_example_that_does_not_fit(operation: dict[str, Any]) -> None:
    operation["requestBody"]["content"]["application/json"]["example"]["lines"] = "two phones"


FAULTS = {
    without_security: "operation-says-who-may",
    without_refusals: "operation-refuses-with-a-problem",
    without_request_example: "request-has-an-example",
    without_answer_example: "answer-has-an-example",
    without_description: "operation-description",
    with_a_tag_nobody_knows: "operation-tag-defined",
    with_an_example_that_does_not_fit: "oas3-valid-media-example",
}


@pytest.mark.node
def test_every_rule_finds_what_it_is_for(tmp_path: Path) -> None:
    files = {}
    for spoil in FAULTS:
        spoilt = read(PUBLIC)
        spoil(spoilt["paths"]["/v1/orders"]["post"])
        files[spoil] = tmp_path / f"{spoil.__name__}.json"
        files[spoil].write_text(json.dumps(spoilt), encoding="utf-8")
    found = spectral(RULES, list(files.values()))
    for spoil, rule in FAULTS.items():
        rules = {one.rule for one in found if one.file.endswith(files[spoil].name) and "orders.post" in one.place}
        assert rule in rules, spoil.__name__


@pytest.mark.parametrize("name", SERVICES)
def test_every_example_is_what_its_schema_says(name: str) -> None:
    made = document(name)
    for item in made["paths"].values():
        for operation in (one for one in item.values() if isinstance(one, dict) and "operationId" in one):
            for part, media in shown_parts(operation).items():
                fits = is_valid(media["schema"], media["example"], made["components"]["schemas"])
                assert fits, f"{operation['operationId']} {part}: run `make contracts`"


def test_every_example_belongs_to_an_operation() -> None:
    assert {file for file in EXAMPLES.rglob("*") if file.is_file()} == set(examples())


def test_no_example_tells_a_secret() -> None:
    for file in EXAMPLES.rglob("*.json"):
        text = file.read_text(encoding="utf-8")
        assert "eyJ" not in text.replace("eyJhbGciOi…", ""), file
        assert "rg_" not in text.replace("rg_…", ""), file
