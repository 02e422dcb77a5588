"""Examples of what HTTP doors take and answer: a file per operation, drafted from its schema, real wherever somebody put it so.

A file is `{"request": …, "201": …}`. `fitted` keeps it in step: what the schema asks for and the example lacks is added, what
it no longer knows is taken out, and everything else stays as it was.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from tests.contracts.kit import CONTRACTS, read

EXAMPLES = CONTRACTS / "examples"
# Papers and streams are no JSON; a form is described by its fields.
_SHOWN = ("application/json", "application/x-ndjson", "application/x-www-form-urlencoded")
_FORMATS = FormatChecker(["uuid", "date"])
_BY_FORMAT = {
    "uuid": "01a1fdda-21dd-712b-9973-081031eb067d",
    "date-time": "2026-11-23T09:15:00Z",
    "date": "2026-11-23",
    "uri": "https://example.com/",
}
_BY_NAME: dict[str, Any] = {
    "amount": 12990,
    "country": "FR",
    "currency": "EUR",
    "email": "achats@example.com",
    "market": "fr-pro",
    "password": "a long enough password",
    "price_country": "FR",
}


def example_file(service: str, operation_id: str) -> Path:
    """`contracts/examples/orders/create_order.json`."""
    return EXAMPLES / service / f"{operation_id}.json"


def shown_parts(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What of an operation has an example: its `request`, and its good answers by status; each a media type object."""
    found = {}
    request = operation.get("requestBody", {}).get("content", {})
    answers = {status: one.get("content", {}) for status, one in operation["responses"].items() if status[0] == "2"}
    for name, content in {"request": request, **answers}.items():
        for kind, media in content.items():
            if kind in _SHOWN and media.get("schema"):
                found[name] = media
    return found


def show_example(service: str, operation: dict[str, Any]) -> None:
    """Put the kept example into the description, where there is one."""
    kept = _kept(example_file(service, operation["operationId"]))
    for name, media in shown_parts(operation).items():
        if name in kept:
            media["example"] = kept[name]


def example_of(service: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The operation's example as its file should hold it: the kept one, fitted to what the schemas say today."""
    kept = _kept(example_file(service, operation["operationId"]))
    return {name: fitted(media["schema"], kept.get(name), schemas) for name, media in shown_parts(operation).items()}


def fitted(schema: dict[str, Any], value: Any, schemas: dict[str, Any], name: str = "") -> Any:
    """The value, changed where the schema makes it necessary; None where nothing is known yet."""
    schema = _resolved(schema, schemas)
    if "anyOf" in schema:
        return _fitting_one_of(schema["anyOf"], value, schemas, name)
    match schema.get("type"):
        case "object" if "properties" in schema:
            return _fitted_object(schema, value, schemas)
        case "array":
            items = value if isinstance(value, list) else [None]
            return [fitted(schema["items"], item, schemas, name) for item in items]
        case _:
            return value if value is not None and is_valid(schema, value, schemas) else _scalar(schema, name)


def is_valid(schema: dict[str, Any], value: Any, schemas: dict[str, Any]) -> bool:
    """Whether the value is one of those that the schema describes."""
    whole = {**schema, "components": {"schemas": schemas}}
    return bool(Draft202012Validator(whole, format_checker=_FORMATS).is_valid(value))


def _fitting_one_of(choices: list[dict[str, Any]], value: Any, schemas: dict[str, Any], name: str) -> Any:
    if value is not None:
        for choice in choices:
            if is_valid(choice, value, schemas):
                return fitted(choice, value, schemas, name)
    elif {"type": "null"} in choices:
        return None
    first = next(choice for choice in choices if choice != {"type": "null"})
    return fitted(first, value, schemas, name)


def _fitted_object(schema: dict[str, Any], value: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    known = value if isinstance(value, dict) else {}
    required = schema.get("required", [])
    shown = {
        name: fitted(shape, known.get(name), schemas, name)
        for name, shape in schema["properties"].items()
        if name in known or name in required or "const" in shape
    }
    more = {name: one for name, one in known.items() if name not in schema["properties"]}
    return {**shown, **(more if schema.get("additionalProperties") is True else {})}


def _scalar(schema: dict[str, Any], name: str) -> Any:
    for given in ("const", "default"):
        if schema.get(given) is not None:
            return schema[given]
    for several in ("examples", "enum"):
        if schema.get(several):
            return schema[several][0]
    match schema.get("type"):
        case "integer" | "number":
            return max(_BY_NAME.get(name, 1), schema.get("minimum", 0))
        case "boolean":
            return True
        case "object":
            return {}
        case _:
            return _BY_FORMAT.get(schema.get("format", ""), _BY_NAME.get(name, name or "text"))


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = schemas[schema["$ref"].rsplit("/", 1)[1]]
        return found
    return schema


def forget_examples() -> None:
    """The files have changed."""
    _kept.cache_clear()


@cache
def _kept(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = read(file) if file.exists() else {}
    return found
