"""The pages behind a payment link: what is to be paid, on to the provider's card page, and what came of it.

Who has the link may pay this one order and sees its number and amount; looking changes nothing, so that whatever follows links
in mails starts nothing.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from chassis.kernel.errors import NotFound, Unavailable
from chassis.kernel.money import Money
from gateway.api.pages import Pages, page, wanted_languages
from gateway.domain.language import Language

router = APIRouter(prefix="/pay", include_in_schema=False)

Token = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{20,64}$")]


class CardLinks(Protocol):
    """What payments knows of a payment link; raises NotFound, or Unavailable where payments is silent."""

    async def read(self, token: str) -> dict[str, Any]: ...

    async def start(self, token: str) -> bool:
        """Whether an attempt is under way now; False where nothing is to be paid."""
        ...


@router.get("/{token}")
async def pay_page(token: Token, request: Request) -> Response:
    """What is paid, to whom, and a button."""
    return await _show(request, token, "pay")


@router.post("/{token}")
async def start_paying(token: Token, request: Request) -> Response:
    """The button: an attempt begins, and the browser is sent on."""
    links: CardLinks = request.app.state.card_links
    try:
        begun = await links.start(token)
    except NotFound:
        return _nowhere(request)
    except Unavailable:
        return _later(request, token)
    return RedirectResponse(f"/pay/{token}/card" if begun else f"/pay/{token}", 303)


@router.get("/{token}/card")
async def card_page(token: Token, request: Request) -> Response:
    """On the way to the provider: a page of its own, because a form of ours may lead only to ourselves."""
    return await _show(request, token, "pay_card")


@router.get("/{token}/result")
async def result_page(token: Token, request: Request) -> Response:
    """Where the provider sends the buyer back to; it looks again by itself until the provider has told us."""
    return await _show(request, token, "pay_result")


async def _show(request: Request, token: str, name: str) -> Response:
    links: CardLinks = request.app.state.card_links
    try:
        link = await links.read(token)
    except NotFound:
        return _nowhere(request)
    except Unavailable:
        return _later(request, token)
    language = _language(request, link["language"])
    payment, latest = link["payment"], link["latest"]
    state = latest["state"] if latest else None
    words = language.pages["pay"]
    values = {
        "token": token,
        "words": words,
        "company": link["company_name"],
        "number": payment["reference"],
        "due": _money(language, payment["due"]),
        "received": _money(language, payment["received"]) if payment["received"]["amount"] else None,
        "to_pay": _money(language, link["to_pay"]) if link["to_pay"] else None,
        "secured": payment["state"] == "secured",
        "reserved": payment["capture"] == "at_dispatch",
        "closed": payment["state"] == "closed",
        "under_way": state in ("created", "requires_3ds", "authorised"),
        "hosted_page": latest["hosted_page"] if latest and state in ("created", "requires_3ds") else None,
        "failed": _why_not(words, latest, payment["state"]),
    }
    return page(request, name, language.code, **values)


def _why_not(words: Mapping[str, str], latest: Mapping[str, Any] | None, payment_state: str) -> str | None:
    """Why the latest attempt paid nothing. A reservation that is let go of while money is missing was too short for the goods."""
    if latest is None:
        return None
    if latest["state"] == "failed":
        return words.get(f"failed_{latest['failure_reason']}", words["failed_other"])
    if latest["state"] == "voided" and payment_state in ("opened", "partially_paid"):
        return words["reservation_too_short"]
    return None


def _nowhere(request: Request) -> Response:
    language = _language(request, None)
    return page(request, "pay_nowhere", language.code, 404, words=language.pages["pay"], text="link_unknown")


def _later(request: Request, token: str) -> Response:
    language = _language(request, None)
    return page(request, "pay_nowhere", language.code, 503, words=language.pages["pay"], text="try_later")


def _language(request: Request, of_company: str | None) -> Language:
    pages: Pages = request.app.state.pages
    return pages.language([request.query_params.get("lang", ""), of_company or "", *wanted_languages(request)])


def _money(language: Language, amount: dict[str, Any]) -> str:
    return language.money(Money(amount["amount"], amount["currency"]))
