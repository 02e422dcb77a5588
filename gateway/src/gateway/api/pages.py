"""The platform's own pages: the start page, activation, a seller's case, and the operator's board.

They are ordinary clients of the public API; nothing they show comes from anywhere else.
"""

from pathlib import Path
from typing import Any, Protocol

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import FileResponse, HTMLResponse, Response

from chassis.web.problems import Problem
from gateway.domain.language import Language

router = APIRouter(include_in_schema=False)

_ROOT = Path(__file__).parents[1]
_PAGES = Environment(
    loader=FileSystemLoader(_ROOT / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
# The files that exist; a name that is not among them is never looked for on the disk.
_STATIC = {file.name: file for file in sorted((_ROOT / "pages" / "static").iterdir()) if file.suffix in _TYPES}

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    # An activation link must not leave the page in anybody's log.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Pages(Protocol):
    """What pages are told by the composition root; `sandbox_url` is None outside of sandbox mode."""

    @property
    def sandbox_url(self) -> str | None: ...
    def language(self, wanted: list[str]) -> Language: ...


@router.get("/")
async def start_page(request: Request) -> Response:
    """What this is, and where to go from here."""
    return page(request, "start")


@router.get("/activate")
async def activation_page(request: Request) -> Response:
    """Where the link of the activation mail leads. The token in it is read by the page's script only."""
    pages: Pages = request.app.state.pages
    language = pages.language(wanted_languages(request))
    return page(request, "activate", language.code, words=language.pages["activate"])


@router.get("/seller")
async def seller_page(request: Request) -> Response:
    """A seller's case and the invoicing mandate."""
    return page(request, "seller")


@router.get("/dashboard")
async def dashboard_page(request: Request) -> Response:
    """The operator's board: facts, figures, parked messages, services."""
    return page(request, "dashboard")


@router.get("/static/{name}")
async def static_file(name: str) -> Response:
    """A style sheet, script or picture of our pages."""
    file = _STATIC.get(name)
    if file is None:
        raise Problem(404, "not_found", "There is no such thing, or it is not yours")
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
    return FileResponse(file, media_type=_TYPES[file.suffix], headers=headers)


def page(request: Request, name: str, language: str = "en", status: int = 200, **values: Any) -> Response:
    """A page of ours in its frame; nothing of it is kept by anybody."""
    pages: Pages = request.app.state.pages
    html = _PAGES.get_template(f"{name}.html.jinja").render(language=language, sandbox_url=pages.sandbox_url, **values)
    return HTMLResponse(html, status, headers=_HEADERS)


def wanted_languages(request: Request) -> list[str]:
    """The language of the link first, then those of the browser in its order."""
    accepted = request.headers.get("accept-language", "").split(",")
    return [request.query_params.get("lang", ""), *(one.split(";")[0].strip()[:2].lower() for one in accepted)]
