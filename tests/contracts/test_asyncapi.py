"""The Kafka contracts are valid AsyncAPI 3.0 and lead to schemas that exist."""

from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from jsonschema import Draft7Validator

from tests.contracts.kit import CONTRACTS, SERVICES, promised_types, read, service

OFFICIAL = Draft7Validator(read(Path(__file__).parent / "schema" / "asyncapi-3.0.0.json"))


def document(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CONTRACTS / "asyncapi" / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("name", SERVICES)
def test_the_document_is_valid_asyncapi_3_0(name: str) -> None:
    faults = [f"{fault.json_path}: {fault.message[:200]}" for fault in OFFICIAL.iter_errors(document(name))]
    assert faults == []


def test_a_wrong_document_would_be_found_out() -> None:
    wrong = document("orders")
    wrong["operations"]["tell_orders.order"]["action"] = "publish"
    assert not OFFICIAL.is_valid(wrong)


@pytest.mark.parametrize("name", SERVICES)
def test_all_topics_of_the_service_are_in_it(name: str) -> None:
    operations = document(name)["operations"]
    assert {key for key in operations if operations[key]["action"] == "send"} == {
        f"tell_{topic}" for topic in service(name).topics_out
    }
    assert {key for key in operations if operations[key]["action"] == "receive"} == {
        f"hear_{topic}" for topic in service(name).inbound
    }


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_read_in_vain(name: str) -> None:
    for key, operation in document(name)["operations"].items():
        assert operation["messages"], f"{key}: no fact of this topic makes the service do anything"


@pytest.mark.parametrize("name", SERVICES)
def test_every_fact_of_the_service_is_in_it_and_leads_to_its_schema(name: str) -> None:
    messages = document(name)["components"]["messages"]
    assert set(promised_types(name)) <= set(messages)
    for type, message in messages.items():
        schema = (CONTRACTS / "asyncapi" / message["payload"]["schema"]["$ref"]).resolve()
        assert read(schema)["title"] == type


@pytest.mark.parametrize("name", SERVICES)
def test_references_lead_somewhere(name: str) -> None:
    made = document(name)
    for operation in made["operations"].values():
        for message in operation["messages"]:
            _, _, channel, _, type = message["$ref"].split("/")
            assert made["channels"][channel]["messages"][type]["$ref"] == f"#/components/messages/{type}"
            assert type in made["components"]["messages"]
