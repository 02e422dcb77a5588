"""Pages for people: server-rendered, no script, nothing fetched from elsewhere."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from chassis.kernel.money import Money, decimal_text
from sandbox.world import World

# Mails may bring images inside themselves (data:); everything else from outside is refused by the browser.
_CONTENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: cid:; form-action {forms}; "
    "frame-ancestors 'self'; base-uri 'self'"
)


def render(
    request: Request, template: str, values: Mapping[str, Any], status: int = 200, leads_to: str = ""
) -> HTMLResponse:
    """Fill a template; every page shows the sandbox time. `leads_to`: the origin that a form of it ends at."""
    world: World = request.app.state.world
    page = _templates.get_template(template).render(now=world.now().business, **values)
    policy = _CONTENT_POLICY.format(forms=f"'self' {leads_to}".strip())
    headers = {"content-security-policy": policy, "referrer-policy": "no-referrer"}
    return HTMLResponse(page, status, headers)


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _money(amount: Money) -> str:
    return f"{decimal_text(amount.minor, amount.currency)} {amount.currency}"


def _grouped(iban: str) -> str:
    return " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))


def _size(size: int) -> str:
    return f"{size} bytes" if size < 1024 else f"{(size + 1023) // 1024} KiB"


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {"instant": _instant, "money": _money, "grouped": _grouped, "size": _size}
