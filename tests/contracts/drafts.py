"""The first draft of a new event's contract, inferred from what `outbound` makes of it; from then on the file is the promise.

A draft sees only what its examples show: look over which fields may be null or absent, and give units and meanings.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MONEY = {
    "description": "An amount in minor units of its currency: 12990 EUR is 129.90 euros.",
    "type": "object",
    "required": ["amount", "currency"],
    "properties": {
        "amount": {"type": "integer"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217"},
    },
}
_FORMATS = {
    "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
    "date": r"\d{4}-\d\d-\d\d",
}


def draft_of(type: str, sentence: str, bodies: Sequence[Any]) -> dict[str, Any]:
    """A schema that all these bodies fit. Unknown fields are allowed: events grow, and readers ignore what they do not know."""
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "$id": f"urn:regrade:event:{type}",
        "title": type,
        "description": sentence,
        **_shape(bodies),
    }
    if '"#/$defs/money"' in repr(schema).replace("'", '"'):
        schema["$defs"] = {"money": MONEY}
    return schema


def _shape(values: Sequence[Any]) -> dict[str, Any]:
    known = [value for value in values if value is not None]
    shape = _known(known)
    if len(known) == len(values) or not shape:
        return shape
    if "$ref" in shape:
        return {"anyOf": [shape, {"type": "null"}]}
    return {**shape, "type": [shape["type"], "null"]}


def _known(values: Sequence[Any]) -> dict[str, Any]:
    kinds = {_kind(value) for value in values}
    if not kinds:
        return {}
    if len(kinds) > 1:
        return {"type": sorted(kinds)}
    match kinds.pop():
        case "object":
            return _object(values)
        case "array":
            return {"type": "array", "items": _shape([item for value in values for item in value])}
        case "string":
            return {"type": "string", **_format(values)}
        case kind:
            return {"type": kind}


def _object(values: Sequence[Any]) -> dict[str, Any]:
    if all(set(value) == {"amount", "currency"} for value in values):
        return {"$ref": "#/$defs/money"}
    names = list(dict.fromkeys(name for value in values for name in value))
    return {
        "type": "object",
        "required": [name for name in names if all(name in value for value in values)],
        "properties": {name: _shape([value[name] for value in values if name in value]) for name in names},
    }


def _kind(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case str():
            return "string"
        case dict():
            return "object"
        case list():
            return "array"
    raise TypeError(f"a body holds no {type(value).__name__}")


def _format(values: Iterable[str]) -> dict[str, str]:
    texts = list(values)
    for name, pattern in _FORMATS.items():
        if all(re.fullmatch(pattern, text) for text in texts):
            return {"format": name}
    return {}
