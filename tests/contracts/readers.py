"""What each reader of an event cannot do without, and whether a schema still gives it."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from importlib import import_module
from inspect import getsource
from pkgutil import iter_modules
from typing import Any

from tests.contracts.asyncapi import message_of
from tests.contracts.kit import example_file, read, service, topic_of
from tests.contracts.samples import fitted

Path = tuple[str | int, ...]
Schema = Mapping[str, Any]
_TYPE = re.compile(r"[a-z_]+\.[a-z_]+\.[a-z_]+\.v\d+")


def handle(reader: str, type: str) -> Callable[[Any], Any]:
    """The reader's handler, given a body in the envelope of the relay."""
    handler = service(reader).inbound[topic_of(type)]
    return lambda body: handler(message_of(type, body))


@cache
def needed_by(reader: str, type: str) -> tuple[Path, ...]:
    """The fields of the example without which the reader fails."""
    example = read(example_file(type))
    named = (path for path in paths_in(example) if isinstance(path[-1], str))
    return tuple(path for path in named if _fails(reader, type, without(example, path)))


def types_named_by(reader: str) -> set[str]:
    """The types that the reader's code names."""
    room = import_module(f"{reader}.messaging")
    doors = [one.name for one in iter_modules(room.__path__) if one.name.startswith("inbound")]
    nodes = (
        node for door in doors for node in ast.walk(ast.parse(getsource(import_module(f"{room.__name__}.{door}"))))
    )
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if _TYPE.fullmatch(text)}


def unkept(reader: str, type: str, schema: Schema) -> Iterator[str]:
    """What this schema of a type denies its reader, a sentence each that names reader and field."""
    example = read(example_file(type))
    for path in needed_by(reader, type):
        owner = described(schema, path[:-1])
        alternatives = [name for one in (owner or {}).get("oneOf", []) for name in one["required"]]
        if owner is None or path[-1] not in [*owner.get("required", []), *alternatives]:
            yield f"{reader} needs {spoken(path)} of {type}, which is no required field of it"
            continue
        value, shape = at(example, path), described(schema, path) or {}
        # What is inside of these is looked at by itself.
        if (isinstance(value, dict) and shape.get("type") == "object") or (
            isinstance(value, list) and shape.get("type") == "array"
        ):
            continue
        told = fitted(shape, value, schema.get("$defs", {}), str(path[-1]))
        if told != value and _fails(reader, type, with_value(example, path, told)):
            yield f"{reader} cannot read {spoken(path)} of {type} as {told!r}"


def _fails(reader: str, type: str, body: Any) -> bool:
    try:
        handle(reader, type)(body)
    except Exception:
        return True
    return False


def spoken(path: Path) -> str:
    """`lines[].quantity` for `("lines", 0, "quantity")`."""
    return "".join("[]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def paths_in(node: Any, above: Path = ()) -> Iterator[Path]:
    """Every place in a body."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in inside:
        yield (*above, name)
        yield from paths_in(value, (*above, name))


def without(body: Any, path: Path) -> Any:
    """A copy of the body that lacks this place."""
    changed = deepcopy(body)
    del at(changed, path[:-1])[path[-1]]
    return changed


def with_value(body: Any, path: Path, value: Any) -> Any:
    """A copy of the body with another value at this place."""
    changed = deepcopy(body)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def at(body: Any, path: Path) -> Any:
    """What is at this place."""
    for step in path:
        body = body[step]
    return body


def described(schema: Schema, path: Path) -> dict[str, Any] | None:
    """What a schema says of a place, or None where it says nothing."""
    node: Any = schema
    for step in path:
        node = _resolved(schema, node)
        if isinstance(step, int):
            node = node.get("items")
        else:
            node = node.get("properties", {}).get(step, node.get("additionalProperties"))
        if node is None:
            return None
    return _resolved(schema, node)


def _resolved(schema: Schema, node: Any) -> dict[str, Any]:
    """The node with its reference followed; of "this or null", this, marked as such."""
    if "anyOf" in node:
        (real,) = (one for one in node["anyOf"] if one != {"type": "null"})
        return {**_resolved(schema, real), "or_null": True}
    if "$ref" in node:
        found: dict[str, Any] = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
        return found
    return dict(node)


def may_be_null(shape: Schema) -> bool:
    """Whether the schema allows null there."""
    return "or_null" in shape or "null" in shape.get("type", "")
