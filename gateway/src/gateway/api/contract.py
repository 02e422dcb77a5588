"""The public OpenAPI document: all services' operations and the gateway's own, written by `make contracts`."""

import json
from functools import cache
from pathlib import Path
from typing import Any

# A copy of `contracts/openapi/gateway.json`, because an installed package has no repository around it.
FILE = Path(__file__).with_name("openapi.json")


@cache
def public_document() -> dict[str, Any]:
    """The document; no service is asked for it."""
    document: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return document
