"""Writes the published contracts: `make contracts`.

The OpenAPI and AsyncAPI documents are made anew from the code. An event's schema and example are promises: they are drafted
where there are none and never overwritten; whoever changes an event on purpose changes them by hand. The examples of HTTP
doors are drafted too, and afterwards only fitted to a schema that has changed.
"""

import json
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from chassis.kernel.events import DomainEvent
from tests.contracts import asyncapi, openapi, samples
from tests.contracts.drafts import draft_of
from tests.contracts.kit import CONTRACTS, ROOT, SERVICES, events_of, example_file, schema_file

# The gateway serves the public document from its own package.
PACKAGED = ROOT / "gateway" / "src" / "gateway" / "api" / "openapi.json"


@cache
def documents() -> dict[Path, str]:
    """Every document that follows from the code, by its file."""
    made = {CONTRACTS / "openapi" / f"{name}.json": as_json(openapi.document(name)) for name in SERVICES[:-1]}
    public = as_json(openapi.public_document())
    described = {CONTRACTS / "asyncapi" / f"{name}.yaml": as_yaml(asyncapi.document(name)) for name in SERVICES}
    return {**made, CONTRACTS / "openapi" / "gateway.json": public, PACKAGED: public, **described}


def draft_events() -> list[Path]:
    """Draft what no promise was made for yet."""
    drafted = []
    for name in SERVICES:
        outbound = import_module(f"{name}.messaging.outbound").outbound
        bodies: dict[str, list[Any]] = {}
        sentences: dict[str, str] = {}
        for event in events_of(name):
            public = outbound(event)
            bodies.setdefault(public.type, []).append(public.data)
            sentences[public.type] = sentence_of(event)
        for kind, found in bodies.items():
            draft = as_json(draft_of(kind, sentences[kind], found))
            for file, text in ((schema_file(kind), draft), (example_file(kind), as_json(found[0]))):
                if not file.exists():
                    write(file, text)
                    drafted.append(file)
    return drafted


def examples() -> dict[Path, str]:
    """Every example of an HTTP operation as the code wants it today, by its file."""
    found = {}
    for name in SERVICES:
        document = openapi.document(name)
        for item in document["paths"].values():
            for operation in (item[method] for method in openapi.METHODS if method in item):
                if samples.shown_parts(operation):
                    example = samples.example_of(name, operation, document["components"]["schemas"])
                    found[samples.example_file(name, operation["operationId"])] = as_json(example)
    return found


def sentence_of(event: DomainEvent) -> str:
    """The first line of the fact's docstring; a dataclass without one describes its constructor, which says nothing."""
    written = (type(event).__doc__ or "").strip().split("\n")[0]
    return "" if written.startswith(f"{type(event).__name__}(") else written


def as_json(value: Any) -> str:
    """Two blanks an indent, and letters as they are."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_yaml(value: Any) -> str:
    """In the order it was made, without anchors, and with texts of several lines as such."""
    text: str = yaml.dump(value, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=120)
    return text


class _Readable(yaml.SafeDumper):  # type: ignore[misc]
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Readable.add_representer(str, _text)


def write(file: Path, text: str) -> None:
    """The file, with its folder."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def main() -> None:
    """Everything."""
    for file in draft_events():
        sys.stdout.write(f"drafted, look it over: {file.relative_to(ROOT)}\n")
    for file, text in examples().items():
        if not file.exists():
            sys.stdout.write(f"drafted, make it real: {file.relative_to(ROOT)}\n")
        write(file, text)
    # The documents show the examples that were just written.
    openapi.forget()
    for file, text in documents().items():
        write(file, text)


if __name__ == "__main__":
    main()
