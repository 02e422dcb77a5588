"""Reads JSON by the rules of a model into plain dictionaries: objects for thousands of lines cost more than their checks."""

from collections.abc import Mapping
from typing import Any, cast

from pydantic import BaseModel
from pydantic_core import CoreSchema, SchemaValidator


def plain_reader(shape: type[BaseModel]) -> SchemaValidator:
    """Takes what the model takes, and nothing else; what was not sent is not there. Why it refuses something is the model's to
    say, in the model's words."""
    return SchemaValidator(cast(CoreSchema, _plain(shape.__pydantic_core_schema__)))


def _plain(part: Any) -> Any:
    if isinstance(part, list | tuple):
        return type(part)(_plain(one) for one in part)
    if not isinstance(part, dict):
        return part
    if part.get("type") == "model":
        rules = {"extra_behavior": part["config"].get("extra_fields_behavior", "ignore"), "config": part["config"]}
        # By its reference other parts of the shape name it.
        return _plain(part["schema"]) | rules | {name: part[name] for name in ("ref",) if name in part}
    if part.get("type") == "model-fields":
        return {"type": "typed-dict", "fields": {name: _field(field) for name, field in part["fields"].items()}}
    return {name: _plain(value) for name, value in part.items()}


def _field(field: Mapping[str, Any]) -> dict[str, Any]:
    schema = field["schema"]
    has_default = schema["type"] == "default"
    return {
        "type": "typed-dict-field",
        "schema": _plain(schema["schema"] if has_default else schema),
        "required": not has_default,
    }
