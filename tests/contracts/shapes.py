"""Compares two JSON schemas: why a value that fits the one may not fit the other."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_ALL_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")


def unfit(small: Schema, big: Schema, place: str = "", *, roots: tuple[Schema, Schema], told: bool) -> Iterator[str]:
    """Reasons why something that `small` describes may not be what `big` describes, each with its place.

    `roots` are the documents that references in `small` and `big` lead into. With `told` the value is something readers are
    told, so that a field `big` describes and `small` no longer knows is missed too.
    """
    smaller, bigger = _alternatives(small, roots[0]), _alternatives(big, roots[1])
    for one in smaller:
        reasons = [list(_unfit(one, other, place, roots, told)) for other in bigger]
        yield from min(reasons, key=len)


def resolved(node: Schema, root: Schema) -> Schema:
    """The node itself, or where its reference leads."""
    while "$ref" in node:
        found: Any = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def _unfit(small: Schema, big: Schema, place: str, roots: tuple[Schema, Schema], told: bool) -> Iterator[str]:
    where = place or "the whole"
    strange = [
        one for one in _types(small) if one not in _types(big) and not (one == "integer" and "number" in _types(big))
    ]
    if strange:
        yield f"{where} may be {' or '.join(strange)} instead of {' or '.join(_types(big))}"
        return
    if (allowed := _values(big)) is not None:
        values = _values(small)
        if values is None:
            yield f"{where} may be something else than {', '.join(map(str, allowed))}"
        elif more := [value for value in values if value not in allowed]:
            yield f"{where} may be {', '.join(map(str, more))}"
    for name in _LOWER:
        if name in big and small.get(name, float("-inf")) < big[name]:
            yield f"{where} may have a {name} below {big[name]}"
    for name in _UPPER:
        if name in big and small.get(name, float("inf")) > big[name]:
            yield f"{where} may have a {name} above {big[name]}"
    for name in ("pattern", "format"):
        if name in big and small.get(name) != big[name]:
            yield f"{where} may be of another {name} than {big[name]}"
    if "items" in big and "items" in small:
        yield from unfit(small["items"], big["items"], f"{place}[]", roots=roots, told=told)
    yield from _unfit_fields(small, big, place, roots, told)


def _unfit_fields(small: Schema, big: Schema, place: str, roots: tuple[Schema, Schema], told: bool) -> Iterator[str]:
    mine, theirs = small.get("properties", {}), big.get("properties", {})
    for name in theirs:
        spot = f"{place}.{name}" if place else name
        if name not in mine:
            if told:
                yield f"{spot} is gone"
            elif name in big.get("required", []):
                yield f"{spot} is required"
            continue
        if name in big.get("required", []) and name not in small.get("required", []):
            yield f"{spot} may be absent" if told else f"{spot} is required"
        yield from unfit(mine[name], theirs[name], spot, roots=roots, told=told)
    if big.get("additionalProperties") is False:
        for name in mine:
            if name not in theirs:
                yield f"{place}.{name}".lstrip(".") + " is not known"


def _alternatives(schema: Schema, root: Schema) -> list[Schema]:
    schema = resolved(schema, root)
    if "anyOf" not in schema:
        return [schema]
    return [one for choice in schema["anyOf"] for one in _alternatives(choice, root)]


def _types(schema: Schema) -> tuple[str, ...]:
    if "type" in schema:
        kinds = schema["type"]
        return (kinds,) if isinstance(kinds, str) else tuple(kinds)
    return ("string",) if isinstance(schema.get("const"), str) else _ALL_TYPES


def _values(schema: Schema) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] | None = schema.get("enum")
    return values
