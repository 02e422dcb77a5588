"""A process that reads a PDF from its standard input to the end and exits with a code: readable, not readable, or active."""

import io
import resource
import sys
from collections.abc import Iterator
from typing import Any

READABLE, NOT_READABLE, ACTIVE = 0, 3, 4
_MEMORY_BYTES = 768 * 1024 * 1024
_CPU_SECONDS = 10
_PAGES_MAX = 300
# What a page to be looked at has no use for: scripts, programs, files inside the file, forms that are programs.
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/RichMedia", "/XFA"})
_ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR", "/Rendition"})


def verdict_on(content: bytes) -> int:
    """Every object is looked at, those in compressed streams too; the pictures themselves are not unpacked."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            return ACTIVE
        if not 1 <= len(reader.pages) <= _PAGES_MAX:
            return NOT_READABLE
        return ACTIVE if any(_is_active(one) for one in _objects(reader)) else READABLE
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, MemoryError):
        return NOT_READABLE


def _objects(reader: Any) -> Iterator[Any]:
    numbers = {(number, generation) for generation, of in reader.xref.items() for number in of}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    yield reader.trailer
    for number, generation in sorted(numbers):
        found = reader.get_object(_reference(reader, number, generation))
        yield from _within(found, 0)


def _reference(reader: Any, number: int, generation: int) -> Any:
    from pypdf.generic import IndirectObject

    return IndirectObject(number, generation, reader)


def _within(found: Any, depth: int) -> Iterator[Any]:
    """The object and those written inside it; references are objects of their own."""
    if depth > 50:
        raise RecursionError
    yield found
    inside = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    for one in inside:
        if isinstance(one, dict | list):
            yield from _within(one, depth + 1)


def _is_active(found: Any) -> bool:
    if not isinstance(found, dict):
        return False
    return bool(_ACTIVE_KEYS & found.keys()) or found.get("/S") in _ACTIVE_ACTIONS


def main() -> int:
    """Read within limits; whatever breaks them ends as not readable."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    return verdict_on(sys.stdin.buffer.read())


if __name__ == "__main__":
    sys.exit(main())
