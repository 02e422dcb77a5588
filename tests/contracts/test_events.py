"""Every event has a schema and an example, `outbound` keeps to them, and every reader can live on what is promised."""

from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from chassis.db.outbox import PublicEvent
from chassis.kernel.audit_log import EntryRecorded
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
from tests.contracts.readers import (
    Path,
    described,
    handle,
    may_be_null,
    paths_in,
    spoken,
    types_named_by,
    unkept,
    with_value,
)

TYPES = [type for name in SERVICES for type in promised_types(name)]
READ = [(name, type) for name in SERVICES for topic in service(name).inbound for type in types_of(topic)]
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
    domain = import_module(f"{name}.domain")
    homes = [one.name for one in iter_modules(domain.__path__) if one.name.endswith("events")]
    facts = {
        fact
        for home in (["delivery"] if name == "gateway" else homes)
        for fact in vars(import_module(f"{name}.domain.{home}")).values()
        if isinstance(fact, type) and issubclass(fact, DomainEvent) and fact is not DomainEvent
    }
    looked_at = {type(event) for event in events_of(name)}
    assert looked_at <= facts | {EntryRecorded}
    # What is no fact itself has kinds of its own.
    assert [fact for fact in facts - looked_at if not fact.__subclasses__()] == []


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
        undescribed = [path for path in paths_in(public.data) if described(promise(public.type), path) is None]
        assert undescribed == [], public.type


@pytest.mark.parametrize(("reader", "type"), READ)
def test_a_reader_lives_on_the_example(reader: str, type: str) -> None:
    work = handle(reader, type)(read(example_file(type)))
    assert work is None or callable(work)


@pytest.mark.parametrize(("reader", "type"), READ)
def test_what_a_reader_cannot_do_without_is_promised(reader: str, type: str) -> None:
    assert list(unkept(reader, type, promise(type))) == []


@pytest.mark.parametrize("reader", SERVICES)
def test_every_type_a_reader_names_is_promised(reader: str) -> None:
    assert types_named_by(reader) - {*TYPES} == set(), f"{reader} waits for facts that nobody tells"


@pytest.mark.parametrize(("reader", "type"), READ)
def test_a_reader_bears_null_wherever_it_may_be(reader: str, type: str) -> None:
    example = read(example_file(type))
    for path in paths_in(example):
        shape = described(promise(type), path)
        assert shape is not None
        if may_be_null(shape):
            handle(reader, type)(with_value(example, path, None))


@pytest.mark.parametrize(("reader", "type"), READ)
def test_a_reader_passes_over_what_it_does_not_know(reader: str, type: str) -> None:
    example = read(example_file(type))
    handle(reader, type)({**example, "something_new": {"surprise": [1]}})


NEEDS = [
    ("payments", "orders.order.held.v1", ("totals", "gross", "amount")),
    ("orders", "catalog.reservation.held.v1", ("lines", 0, "unit_price", "currency")),
    ("payments", "aftersales.coverage.claim_window_closed.v1", ("closed_at",)),
    ("catalog", "orders.order.secured.v1", ("secured_at",)),
    ("aftersales", "orders.shipment.dispatched.v1", ("lines", 0, "line_no")),
    ("gateway", "payments.invoice.issued.v1", ("totals", "gross")),
]


@pytest.mark.parametrize(("reader", "type", "path"), NEEDS)
def test_a_field_that_a_reader_needs_cannot_be_taken_away(reader: str, type: str, path: Path) -> None:
    schema = deepcopy(promise(type))
    owner = owner_of(schema, path)
    del owner["properties"][path[-1]]
    owner["required"].remove(path[-1])
    assert f"{reader} needs {spoken(path)} of {type}, which is no required field of it" in unkept(reader, type, schema)


@pytest.mark.parametrize(("reader", "type", "path"), NEEDS)
def test_a_field_that_a_reader_needs_cannot_become_optional(reader: str, type: str, path: Path) -> None:
    schema = deepcopy(promise(type))
    owner_of(schema, path)["required"].remove(path[-1])
    assert f"{reader} needs {spoken(path)} of {type}, which is no required field of it" in unkept(reader, type, schema)


@pytest.mark.parametrize(
    ("reader", "type", "path", "other"),
    [
        ("payments", "aftersales.coverage.claim_window_closed.v1", ("closed_at",), {"type": "integer"}),
        ("catalog", "orders.order.secured.v1", ("secured_at",), {"type": "integer"}),
        ("orders", "catalog.reservation.held.v1", ("lines",), {"type": "integer"}),
        ("payments", "orders.order.held.v1", ("totals",), {"type": "string"}),
    ],
)
def test_a_field_that_a_reader_needs_cannot_change_its_type(
    reader: str, type: str, path: Path, other: dict[str, str]
) -> None:
    schema = deepcopy(promise(type))
    owner_of(schema, path)["properties"][path[-1]] = other
    (sentence,) = [one for one in unkept(reader, type, schema) if "cannot read" in one]
    assert sentence.startswith(f"{reader} cannot read {spoken(path)} of {type} as ")


def test_a_fact_that_a_reader_waits_for_cannot_be_renamed() -> None:
    renamed = {type.replace("order.held", "order.reserved") for type in TYPES}
    assert types_named_by("payments") & {*TYPES} - renamed == {"orders.order.held.v1"}


def owner_of(schema: dict[str, Any], path: Path) -> dict[str, Any]:
    """The object in the schema that a field belongs to."""
    node: Any = schema
    for step in path[:-1]:
        node = node["items"] if isinstance(step, int) else node["properties"][step]
        while "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    found: dict[str, Any] = node
    return found


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
