"""The table of topics in ARCHITECTURE.md says what the services publish and read."""

import ast
import importlib
import inspect
import re
import sys
from pathlib import Path

import pytest

from orders.domain.order import PROGRESS

sys.path.insert(0, str(Path(__file__).parent))

from pages import ROOT, rows

TABLE = {row[0].strip("`"): row for row in rows(ROOT / "ARCHITECTURE.md", "Topics")}
SERVICES = ("accounts", "catalog", "orders", "payments", "aftersales", "gateway")


def topics_of(service: str) -> set[str]:
    return set(importlib.import_module(f"{service}.messaging.outbound").TOPICS)


def topics_read_by(service: str) -> set[str]:
    handlers = importlib.import_module(f"{service}.messaging.inbound").handlers
    # Some handlers are given the market rules; which topics there are does not depend on them.
    return set(handlers(*(None for _ in inspect.signature(handlers).parameters)))


def test_every_topic_is_in_the_table() -> None:
    assert set(TABLE) == {topic for service in SERVICES for topic in topics_of(service)}


@pytest.mark.parametrize("service", SERVICES)
def test_readers_are_named(service: str) -> None:
    named = {topic for topic, row in TABLE.items() if service in row[3].split(", ")}
    assert named == topics_read_by(service)


def facts_named_in(service: str) -> set[str]:
    """The short names of facts in a service's `outbound.py`: in `return TOPIC, "held", …` and `_order("held", event, …)`."""
    module = importlib.import_module(f"{service}.messaging.outbound")
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            parts = node.value.elts[:2]
        elif isinstance(node, ast.Call) and any(ast.unparse(argument) == "event" for argument in node.args):
            parts = node.args[:2]
        else:
            continue
        found |= {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_fact_is_in_the_table_and_no_other(service: str) -> None:
    named = {fact for topic, row in TABLE.items() if topic.startswith(f"{service}.") for fact in row[2].split(", ")}
    # The order follows its seller orders; these facts are named after the state it reaches.
    progress = {str(state) for state in PROGRESS[1:]} if service == "orders" else set()
    assert named == facts_named_in(service) | progress


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_waits_for_a_fact_that_is_never_told(service: str) -> None:
    told = {f"{topic}.{fact}.v1" for topic, row in TABLE.items() for fact in row[2].split(", ")}
    source = inspect.getsource(importlib.import_module(f"{service}.messaging.inbound"))
    assert set(re.findall(r"\b(?:{})[.]\w+[.]\w+[.]v\d+".format("|".join(SERVICES)), source)) - told == set()
