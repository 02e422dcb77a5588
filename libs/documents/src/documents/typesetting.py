"""Turns a template of this package and plain data into PDF bytes; the compiler stays warm between documents."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

TEMPLATES = Path(__file__).parent / "templates"

# A compiler keeps its input between calls, so two threads must not share one at the same time.
_one_at_a_time = Lock()


def typeset(template: str, content: Mapping[str, Any], day: date) -> bytes:
    """PDF/A-3b of `templates/<template>.typ`; the same content and day give the same bytes.

    The data travels as JSON, so nothing in it can be read as markup. Fonts are those inside typst, never the machine's.
    """
    inputs = {"content": json.dumps(content, ensure_ascii=False, sort_keys=True)}
    with _one_at_a_time:
        pdf = _compiler(template).compile(
            format="pdf",
            pdf_standards=["a-3b"],
            sys_inputs=inputs,
            timestamp=datetime.combine(day, time(), UTC),
        )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single PDF")
    return pdf


@cache
def _compiler(template: str) -> typst.Compiler:
    return typst.Compiler(input=str(TEMPLATES / f"{template}.typ"), root=str(TEMPLATES), ignore_system_fonts=True)
