"""Every event has a schema and an example, `outbound` keeps to them, and every reader can live on what is promised."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from chassis.db.outbox import PublicEvent
from chassis.kernel.events import DomainEvent
from tests.contracts.asyncapi import message_of
from tests.contracts.drafts import DIALECT, draft_of
from tests.contracts.kit import (
    CONTRACTS,
    ROOT,
    SERVICES,
    events_of,
    example_file,
    key_field,
    promised_types,
    read,
    schema_file,
    service,
    topic_of,
    types_of,
)

TYPES = [type for name in SERVICES for type in promised_types(name)]
READ = [(name, type) for name in SERVICES for topic in service(name).inbound for type in types_of(topic)]
Path = tuple[str | int, ...]
FORMATS = FormatChecker(["uuid", "date"])


def in_utc(text: object) -> bool:
    """Times are RFC 3339 in UTC, written with `Z`."""
    return not isinstance(text, str) or (text.endswith("Z") and datetime.fromisoformat(text).tzinfo is UTC)


FORMATS.checks("date-time", raises=ValueError)(in_utc)


@cache
def promise(type: str) -> dict[str, Any]:
    schema: dict[str, Any] = read(schema_file(type))
    return schema


def validator(type: str) -> Draft202012Validator:
    return Draft202012Validator(promise(type), format_checker=FORMATS)


def faults(type: str, body: Any) -> list[str]:
    return [f"{fault.json_path}: {fault.message}" for fault in validator(type).iter_errors(body)]


def told_by(name: str) -> list[PublicEvent]:
    return [service(name).outbound(event) for event in events_of(name)]


@pytest.mark.parametrize("name", SERVICES)
def test_we_look_at_every_fact_a_service_can_tell(name: str) -> None:
    home = import_module("gateway.domain.delivery" if name == "gateway" else f"{name}.domain.events")
    facts = {
        one for one in vars(home).values()
        if isinstance(one, type) and issubclass(one, DomainEvent) and one is not DomainEvent
    }  # fmt: skip
    assert {type(event) for event in events_of(name)} == facts


def test_every_state_an_order_can_reach_is_among_them() -> None:
    from orders.domain.order import PROGRESS

    reached = {f"orders.order.{state}.v1" for state in PROGRESS[1:]}
    assert reached <= {public.type for public in told_by("orders")}


@pytest.mark.parametrize("name", SERVICES)
def test_every_type_has_a_schema_and_an_example_and_no_other_has(name: str) -> None:
    told = {public.type for public in told_by(name)}
    assert told == set(promised_types(name)), "run `make contracts` and look over the drafts"
    files = set((CONTRACTS / "events" / name).iterdir())
    assert files == {file(type) for type in told for file in (schema_file, example_file)}


@pytest.mark.parametrize("type", TYPES)
def test_the_schema_is_one_and_speaks(type: str) -> None:
    schema = promise(type)
    Draft202012Validator.check_schema(schema)
    assert (schema["$schema"], schema["$id"], schema["title"]) == (DIALECT, f"urn:regrade:event:{type}", type)
    assert schema["description"].endswith(".")
    # Events grow: a reader that refuses unknown fields breaks on the next release.
    assert "additionalProperties" not in schema
    key = key_field(topic_of(type))
    assert key in schema["required"]
    assert schema["properties"][key]["format"] == "uuid"


@pytest.mark.parametrize("type", TYPES)
def test_the_example_fits_its_schema(type: str) -> None:
    assert faults(type, read(example_file(type))) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("hold_until", "2026-11-27"), ("order_id", "42"), ("number", "100001"), ("currency", "euro"), ("lines", None)],
)
def test_a_body_that_breaks_its_promise_is_found_out(field: str, value: object) -> None:
    type = "orders.order.held.v1" if field != "lines" else "orders.order.placed.v1"
    body = read(example_file(type))
    assert field in body
    assert faults(type, {**body, field: value}) != []
    del body[field]
    assert faults(type, body) != []


@pytest.mark.parametrize("type", TYPES)
def test_the_envelope_says_where_the_schema_is(type: str) -> None:
    message = message_of(type, read(example_file(type)))
    assert ROOT / message.headers["ce_dataschema"] == schema_file(type)


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_told_keeps_the_promise(name: str) -> None:
    for public in told_by(name):
        assert faults(public.type, public.data) == [], public.type
        assert public.data[key_field(public.topic)] == str(public.aggregate_id)


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_is_told_that_the_schema_does_not_describe(name: str) -> None:
    for public in told_by(name):
        undescribed = [path for path in paths_in(public.data) if described(public.type, path) is None]
        assert undescribed == [], public.type


@pytest.mark.parametrize(("reader", "type"), READ)
def test_a_reader_lives_on_the_example(reader: str, type: str) -> None:
    work = handle(reader, type)(read(example_file(type)))
    assert work is None or callable(work)


@pytest.mark.parametrize(("reader", "type"), READ)
def test_what_a_reader_cannot_do_without_is_promised(reader: str, type: str) -> None:
    for path in needed_by(reader, type):
        parent, name = path[:-1], path[-1]
        owner = described(type, parent)
        assert owner is not None
        alternatives = [name for one in owner.get("oneOf", []) for name in one["required"]]
        assert name in [*owner.get("required", []), *alternatives], f"{reader} needs {path} of {type}"


@pytest.mark.parametrize(("reader", "type"), READ)
def test_a_reader_bears_null_wherever_it_may_be(reader: str, type: str) -> None:
    example = read(example_file(type))
    for path in paths_in(example):
        shape = described(type, path)
        assert shape is not None
        if may_be_null(shape):
            handle(reader, type)(with_value(example, path, None))


@pytest.mark.parametrize(("reader", "type"), READ)
def test_a_reader_passes_over_what_it_does_not_know(reader: str, type: str) -> None:
    example = read(example_file(type))
    handle(reader, type)({**example, "something_new": {"surprise": [1]}})


def test_taking_away_what_a_reader_needs_would_be_found_out() -> None:
    assert ("totals", "gross", "amount") in needed_by("payments", "orders.order.held.v1")
    assert ("lines", 0, "unit_price", "currency") in needed_by("orders", "catalog.reservation.held.v1")
    assert ("closed_at",) in needed_by("payments", "aftersales.coverage.claim_window_closed.v1")
    assert ("secured_at",) in needed_by("catalog", "orders.order.secured.v1")
    assert ("lines", 0, "line_no") in needed_by("aftersales", "orders.shipment.dispatched.v1")
    assert ("totals", "gross") in needed_by("gateway", "payments.invoice.issued.v1")


def test_a_draft_takes_from_its_examples_what_may_be_absent_or_null() -> None:
    money = {"amount": 990, "currency": "EUR"}
    seen = [
        {"id": "01a1fdda-21dd-712b-9973-081031eb067d", "fee": money, "until": None, "lines": [{"n": 1}]},
        {
            "id": "01a1fdda-21dd-712b-9973-081031eb067e",
            "fee": None,
            "until": "2026-11-27T22:59:59Z",
            "lines": [],
            "by": "x",
        },
    ]
    draft = draft_of("orders.order.mended.v1", "It was mended.", seen)
    assert draft["required"] == ["id", "fee", "until", "lines"]
    assert draft["properties"]["id"] == {"type": "string", "format": "uuid"}
    assert draft["properties"]["until"] == {"type": ["string", "null"], "format": "date-time"}
    assert draft["properties"]["fee"] == {"anyOf": [{"$ref": "#/$defs/money"}, {"type": "null"}]}
    assert draft["properties"]["lines"]["items"]["properties"] == {"n": {"type": "integer"}}
    assert [Draft202012Validator(draft).is_valid(body) for body in (*seen, {"id": 1})] == [True, True, False]


def handle(reader: str, type: str) -> Callable[[Any], Any]:
    """The reader's handler, given a body in the envelope of the relay."""
    handler = service(reader).inbound[topic_of(type)]
    return lambda body: handler(message_of(type, body))


def needed_by(reader: str, type: str) -> list[Path]:
    """The fields without which the reader fails."""
    example = read(example_file(type))
    needed = []
    for path in paths_in(example):
        if isinstance(path[-1], str):
            try:
                handle(reader, type)(without(example, path))
            except Exception:
                needed.append(path)
    return needed


def paths_in(node: Any, above: Path = ()) -> Iterator[Path]:
    """Every place in a body."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in inside:
        yield (*above, name)
        yield from paths_in(value, (*above, name))


def without(body: Any, path: Path) -> Any:
    changed = deepcopy(body)
    del at(changed, path[:-1])[path[-1]]
    return changed


def with_value(body: Any, path: Path, value: Any) -> Any:
    changed = deepcopy(body)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def at(body: Any, path: Path) -> Any:
    for step in path:
        body = body[step]
    return body


def described(type: str, path: Path) -> dict[str, Any] | None:
    """What the schema says of a place, or None where it says nothing."""
    schema = promise(type)
    node: dict[str, Any] | None = schema
    for step in path:
        assert node is not None
        node = resolved(schema, node)
        if isinstance(step, int):
            node = node.get("items")
        else:
            node = node.get("properties", {}).get(step, node.get("additionalProperties"))
        if node is None:
            return None
    return resolved(schema, node) if node is not None else None


def resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """The node with its reference followed; of "this or null", this, marked as such."""
    if "anyOf" in node:
        (real,) = (one for one in node["anyOf"] if one != {"type": "null"})
        return {**resolved(schema, real), "or_null": True}
    if "$ref" in node:
        found: dict[str, Any] = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
        return found
    return node


def may_be_null(shape: dict[str, Any]) -> bool:
    return "or_null" in shape or "null" in shape.get("type", "")
