"""Holds today's contracts to those of the last release: whoever keeps to the old ones must be able to go on.

`contracts/released` is that release, written by `make release-contracts` and by nothing else.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from tests.contracts.generate import as_json, write
from tests.contracts.kit import CONTRACTS, SERVICES, promised_types, read, schema_file
from tests.contracts.openapi import METHODS, public_document
from tests.contracts.shapes import resolved, unfit

RELEASED = CONTRACTS / "released"
RELEASED_HTTP = RELEASED / "openapi.json"
RELEASED_EVENTS = RELEASED / "events.json"
Document = Mapping[str, Any]


def broken_http(old: Document, new: Document) -> Iterator[str]:
    """What a client of the old document cannot rely on any more, a sentence each."""
    for path, item in old["paths"].items():
        for method in (one for one in METHODS if one in item):
            name = item[method]["operationId"]
            here = new["paths"].get(path, {}).get(method)
            if here is None:
                yield f"{name}: {method.upper()} {path} is gone"
                continue
            for reason in _broken_operation(item[method], here, (old, new)):
                yield f"{name}: {reason}"


def broken_events(old: Document, new: Document) -> Iterator[str]:
    """What a reader of the old events (schemas by type) cannot rely on any more, a sentence each."""
    for type, schema in old.items():
        if type not in new:
            yield f"{type} is gone: keep telling it beside its successor"
            continue
        for reason in unfit(new[type], schema, roots=(new[type], schema), told=True):
            yield f"{type}: {reason}"


def events_today() -> dict[str, Any]:
    """Every promised schema by its type."""
    return {type: read(schema_file(type)) for name in SERVICES for type in promised_types(name)}


def without_examples(node: Any) -> Any:
    """A document without what it only shows."""
    if isinstance(node, list):
        return [without_examples(item) for item in node]
    if isinstance(node, dict):
        return {key: without_examples(one) for key, one in node.items() if not (key == "example" and "schema" in node)}
    return node


def _broken_operation(old: Document, new: Document, roots: tuple[Document, Document]) -> Iterator[str]:
    if old["operationId"] != new["operationId"]:
        yield f"is called {new['operationId']} now, and generated clients go by the name"
    if new["security"] and not old["security"]:
        yield "needs a sign-in now"
    yield from _broken_parameters(old, new, roots)
    yield from _broken_request(old, new, roots)
    for status, answer in old["responses"].items():
        if status[0] != "2":
            continue
        if status not in new["responses"]:
            yield f"never answers {status} any more"
            continue
        yield from _broken_answer(status, answer, new["responses"][status], roots)


def _broken_parameters(old: Document, new: Document, roots: tuple[Document, Document]) -> Iterator[str]:
    before = {(one["in"], one["name"].lower()): one for one in old.get("parameters", [])}
    now = {(one["in"], one["name"].lower()): one for one in new.get("parameters", [])}
    for key, parameter in before.items():
        if key not in now:
            yield f"{parameter['in']} parameter {parameter['name']} is gone"
            continue
        place = f"{parameter['in']} parameter {parameter['name']}"
        taken = _as_given_once(now[key]["schema"]) if "array" not in str(parameter["schema"]) else now[key]["schema"]
        yield from unfit(parameter["schema"], taken, place, roots=roots, told=False)
    for key, parameter in now.items():
        if parameter.get("required") and not before.get(key, {}).get("required"):
            yield f"{parameter['in']} parameter {parameter['name']} is required now"


def _as_given_once(schema: Document) -> Document:
    """What a parameter may be that is named once, as it was before it could be named several times."""
    if "anyOf" in schema:
        return {**schema, "anyOf": [_as_given_once(one) for one in schema["anyOf"]]}
    given: Document = schema["items"] if schema.get("type") == "array" else schema
    return given


def _broken_request(old: Document, new: Document, roots: tuple[Document, Document]) -> Iterator[str]:
    before, now = old.get("requestBody"), new.get("requestBody")
    if now is None:
        return
    if now.get("required") and not (before or {}).get("required"):
        yield "a body is required now"
    for kind, media in (before or {"content": {}})["content"].items():
        if kind not in now["content"]:
            yield f"does not take {kind} any more"
            continue
        for reason in unfit(media.get("schema", {}), now["content"][kind].get("schema", {}), roots=roots, told=False):
            yield f"request: what was accepted is not: {reason}"


def _broken_answer(status: str, old: Document, new: Document, roots: tuple[Document, Document]) -> Iterator[str]:
    before, now = resolved(old, roots[0]).get("content", {}), resolved(new, roots[1]).get("content", {})
    for kind, media in before.items():
        if kind not in now:
            yield f"answer {status} is not {kind} any more"
            continue
        mirrored = (roots[1], roots[0])
        for reason in unfit(now[kind].get("schema", {}), media.get("schema", {}), roots=mirrored, told=True):
            yield f"answer {status}: {reason}"


def main() -> None:
    """Keep today's contracts as the release."""
    broken: list[str] = []
    if RELEASED_HTTP.exists():
        broken += broken_http(read(RELEASED_HTTP), public_document())
        broken += broken_events(read(RELEASED_EVENTS), events_today())
    for sentence in broken:
        sys.stdout.write(f"breaks the last release: {sentence}\n")
    write(RELEASED_HTTP, as_json(without_examples(public_document())))
    write(RELEASED_EVENTS, as_json(events_today()))


if __name__ == "__main__":
    main()
