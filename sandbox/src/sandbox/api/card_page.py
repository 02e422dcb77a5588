"""The provider's hosted card page: the card, then the 3-D Secure challenge of its bank, then back to the shop.

It is reached by a link that only the payer has, so it needs no API key.
"""

from typing import Annotated, Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from chassis.kernel.errors import DomainError
from sandbox.api.common import TheWorld
from sandbox.api.pages import render
from sandbox.api.problems import status_of
from sandbox.domain.cards import KNOWN_CARDS, CardPayment, CardStatus
from sandbox.storage.card_payments import get_card_payment
from sandbox.use_cases.pay_by_card import enter_card, enter_code
from sandbox.world import World

router = APIRouter(prefix="/psp/pay", tags=["payment provider"])

CardPaymentId = Annotated[str, Path(max_length=100, pattern=r"^[a-z0-9_]+$")]


@router.get("/{card_payment_id}", response_class=HTMLResponse)
async def get_card_page(card_payment_id: CardPaymentId, request: Request, world: TheWorld) -> HTMLResponse:
    """What is paid, and a form for the card; looking at it changes nothing."""
    return _page(request, await _read(world, card_payment_id), 200)


@router.post("/{card_payment_id}", response_class=HTMLResponse)
async def post_card_page(card_payment_id: CardPaymentId, request: Request, world: TheWorld) -> Response:
    """What the form sends: `number` (`expiry` and `cvc` are not looked at)."""
    number = (await _form(request)).get("number", "")
    try:
        async with world.engine.begin() as tx:
            payment = await enter_card(card_payment_id, number, tx, world.now())
    except DomainError as refusal:
        return _page(request, await _read(world, card_payment_id), status_of(refusal), refusal=refusal)
    world.bell.set()
    back = payment.return_url if payment.is_decided else f"/psp/pay/{payment.id}/challenge"
    return RedirectResponse(back, 303)


@router.get("/{card_payment_id}/challenge", response_class=HTMLResponse)
async def get_challenge(card_payment_id: CardPaymentId, request: Request, world: TheWorld) -> HTMLResponse:
    """The card's bank asks for a code, which the sandbox shows right away."""
    return _page(request, await _read(world, card_payment_id), 200)


@router.post("/{card_payment_id}/challenge", response_class=HTMLResponse)
async def post_challenge(card_payment_id: CardPaymentId, request: Request, world: TheWorld) -> Response:
    """What the form sends: `code`; once it is decided the buyer is sent back to the shop."""
    code = (await _form(request)).get("code", "")
    try:
        async with world.engine.begin() as tx:
            payment = await enter_code(card_payment_id, code, tx, world.now())
    except DomainError as refusal:
        return _page(request, await _read(world, card_payment_id), status_of(refusal), refusal=refusal)
    world.bell.set()
    return RedirectResponse(payment.return_url, 303) if payment.is_decided else _page(request, payment, 422)


async def _read(world: World, card_payment_id: str) -> CardPayment:
    async with world.engine.connect() as tx:
        return await get_card_payment(tx, card_payment_id)


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace").replace("%00", "")))


def _page(request: Request, payment: CardPayment, status: int, **more: Any) -> HTMLResponse:
    challenged = request.url.path.endswith("/challenge") and payment.status == CardStatus.REQUIRES_3DS
    template = "card_challenge.html" if challenged else "card.html"
    parts = urlsplit(payment.return_url)
    values = {"payment": payment, "cards": KNOWN_CARDS, **more}
    return render(request, template, values, status, leads_to=f"{parts.scheme}://{parts.netloc}")
