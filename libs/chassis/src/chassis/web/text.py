"""Text that people type into fields of one line: what it may not hold, wherever it comes in."""

import unicodedata

from pydantic import AfterValidator


def is_one_line(typed: str) -> bool:
    """Whether it holds no control character and no line break."""
    return not any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in typed)


def _one_line(typed: str) -> str:
    if not is_one_line(typed):
        raise ValueError("control characters and line breaks do not belong here")
    return typed


def _storable(typed: str) -> str:
    if "\x00" in typed:
        raise ValueError("NUL cannot be stored")
    return typed


def _searched(typed: str | None) -> str | None:
    return typed.replace("\x00", " ") if typed else None


# No control character and no line break: names and addresses end up in mail headers, file names and one line of a paper.
ONE_LINE = AfterValidator(_one_line)
# Line breaks are fine, but PostgreSQL cannot store NUL.
STORABLE = AfterValidator(_storable)
# Words to search for: nothing that is stored holds a NUL, and PostgreSQL cannot be asked for one. No words are no question.
SEARCHED = AfterValidator(_searched)
