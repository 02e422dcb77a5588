"""The platform's own pages: the start page, activation and passwords, one's own sign-in, a seller's case, and the
operator's board.

They are ordinary clients of the public API; nothing they show comes from anywhere else.
"""

from collections.abc import Mapping
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
    words = _language(request).pages["activate"]
    done = {"buyer": words["done_buyer"], "seller": words["done_seller"]}
    return _set_password(request, "/v1/activations", "activation", words, done)


@router.get("/join")
async def invitation_page(request: Request) -> Response:
    """Where the link of an invitation leads."""
    texts = _language(request).pages
    words = {**texts["activate"], **texts["join"]}
    return _set_password(request, "/v1/invitation-acceptances", "invitation", words, {"": words["done"]})


@router.get("/new-password")
async def new_password_page(request: Request) -> Response:
    """Where the link of the mail for a forgotten password leads."""
    texts = _language(request).pages
    words = {**texts["activate"], **texts["new_password"]}
    return _set_password(request, "/v1/passwords", "password", words, {"": words["done"]})


@router.get("/new-email")
async def new_email_page(request: Request) -> Response:
    """Where the link leads that goes to a new address."""
    texts = _language(request).pages
    words = {**texts["activate"], **texts["new_email"]}
    return _set_password(request, "/v1/email-changes", "email", words, {"": words["done"]})


@router.get("/forgot-password")
async def forgot_password_page(request: Request) -> Response:
    """Where a person asks for the mail with that link."""
    language = _language(request)
    return page(request, "forgot_password", language.code, words=language.pages["forgot_password"])


@router.get("/approvals")
async def approvals_page(request: Request) -> Response:
    """Orders over a spending limit, for whoever is asked; where the button of the mail leads."""
    return page(request, "approvals")


@router.get("/seller")
async def seller_page(request: Request) -> Response:
    """A seller's case and the invoicing mandate."""
    return page(request, "seller")


@router.get("/account/security")
async def security_page(request: Request) -> Response:
    """A person's own second factor, passkeys and sessions."""
    return page(request, "security")


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


def _set_password(
    request: Request, path: str, link: str, words: Mapping[str, str], done: Mapping[str, str]
) -> Response:
    """A page that sends a link's token and a password to `path`; `done` are the sentences for who is ready, by kind."""
    refusals = {
        f"{link}_link_{why}": words[f"link_{why}"] for why in ("invalid", "expired", "used") if f"link_{why}" in words
    }
    code = _language(request).code
    return page(request, "set_password", code, path=path, words=words, refusals=refusals, done=done)


def _language(request: Request) -> Language:
    pages: Pages = request.app.state.pages
    return pages.language(wanted_languages(request))


def page(request: Request, name: str, language: str = "en", status: int = 200, **values: Any) -> Response:
    """A page of ours in its frame; nothing of it is kept by anybody."""
    pages: Pages = request.app.state.pages
    html = _PAGES.get_template(f"{name}.html.jinja").render(language=language, sandbox_url=pages.sandbox_url, **values)
    return HTMLResponse(html, status, headers=_HEADERS)


def wanted_languages(request: Request) -> list[str]:
    """The language of the link first, then those of the browser in its order."""
    accepted = request.headers.get("accept-language", "").split(",")
    return [request.query_params.get("lang", ""), *(one.split(";")[0].strip()[:2].lower() for one in accepted)]
