"""The table of topics in ARCHITECTURE.md says what the services publish and read."""

import importlib
import inspect
import re
import sys
from pathlib import Path

import pytest

from tests.contracts.kit import types_of

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


@pytest.mark.parametrize("topic", TABLE)
def test_every_fact_is_in_the_table_and_no_other(topic: str) -> None:
    """What is promised of a topic is what its service tells: the tests of the contracts see to that."""
    named = [f"{topic}.{fact}.v1" for fact in TABLE[topic][2].split(", ")]
    assert sorted(named) == sorted(types_of(topic))


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_waits_for_a_fact_that_is_never_told(service: str) -> None:
    told = {f"{topic}.{fact}.v1" for topic, row in TABLE.items() for fact in row[2].split(", ")}
    messaging = Path(inspect.getfile(importlib.import_module(f"{service}.messaging")))
    source = "".join(module.read_text() for module in messaging.parent.glob("inbound*.py"))
    assert set(re.findall(r"\b(?:{})[.]\w+[.]\w+[.]v\d+".format("|".join(SERVICES)), source)) - told == set()
