"""What watchers are told of every event that is promised: a sentence, made of the real example."""

import json
from pathlib import Path

import pytest

from gateway.domain.sentences import sentence
from tests.contracts.kit import CONTRACTS

EXAMPLES = sorted((CONTRACTS / "events").glob("*/*.example.json"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: f"{file.parent.name}.{file.name[:-13]}")
def test_every_event_has_a_sentence(file: Path) -> None:
    type = f"{file.parent.name}.{file.name.removesuffix('.example.json')}"
    said = sentence(type, json.loads(file.read_text(encoding="utf-8")))
    assert said[0].isupper() or said[0].isdigit()
    assert said.endswith(".")
    assert "None" not in said
    assert "_" not in said.split(": ")[0]


def test_amounts_and_times_are_said_as_people_read_them() -> None:
    held = json.loads((CONTRACTS / "events" / "orders" / "order.held.v1.example.json").read_text(encoding="utf-8"))
    held |= {"number": 100_042, "hold_until": "2026-11-27T22:59:59Z"}
    held["totals"]["gross"] = {"amount": 97_945, "currency": "EUR"}
    assert sentence("orders.order.held.v1", held) == (
        "Order 100042 holds stock for 979.45 EUR, to be paid until 2026-11-27 22:59 UTC."
    )
