"""Card payments: asked for here, paid on a hosted page, captured at once or in parts, sent back."""

from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import Field, HttpUrl

from sandbox.api.common import (
    Answer,
    FreeText,
    MoneyIn,
    MoneyOut,
    Name,
    PageOut,
    ReferenceFilter,
    RequestBody,
    TheWindow,
    TheWorld,
    page_out,
)
from sandbox.api.psp.once import OnlyOnce
from sandbox.api.psp.refunds import RefundAnswer
from sandbox.domain.cards import CardPayment
from sandbox.domain.faults import DECLINE_CAPTURE, FAIL
from sandbox.storage.card_captures import list_captures
from sandbox.storage.card_payments import get_card_payment, list_card_payments
from sandbox.use_cases.capture_card import CaptureCard, capture_card
from sandbox.use_cases.create_card_payment import CreateCardPayment, create_card_payment
from sandbox.use_cases.end_card_payments import cancel_card_payment, void_card_payment
from sandbox.use_cases.refund_capture import RefundCapture, refund_capture

router = APIRouter()

_EXPIRES_IN_MAX = 7 * 24 * 3600


class CardPaymentRequest(RequestBody):
    """`expires_in` is in seconds of business time; `description` is shown to the buyer."""

    reference: Name
    wallet_id: Name
    amount: MoneyIn
    description: FreeText = ""
    return_url: HttpUrl
    capture: Literal["automatic", "manual"]
    expires_in: Annotated[int, Field(strict=True, gt=0, le=_EXPIRES_IN_MAX)]


class CardPaymentAnswer(Answer):
    """Send the buyer to `hosted_page`; 3-D Secure is never skipped."""

    id: str
    reference: str
    wallet_id: str
    amount: MoneyOut
    captured: MoneyOut
    description: str
    return_url: str
    capture: Literal["automatic", "manual"]
    status: Literal[
        "created", "requires_3ds", "authorised", "captured", "settled", "failed", "cancelled", "expired", "voided"
    ]
    failure_reason: str | None
    hosted_page: str = ""
    created_at: datetime
    expires_at: datetime
    authorised_until: datetime | None


class CaptureRequest(RequestBody):
    reference: Name
    amount: MoneyIn


class CaptureAnswer(Answer):
    """`settle_at`: when the money reaches the wallet, in business time."""

    id: str
    card_payment_id: str
    reference: str
    amount: MoneyOut
    refunded: MoneyOut
    status: Literal["captured", "settled", "failed"]
    failure_reason: str | None
    created_at: datetime
    settle_at: datetime


class CardRefundRequest(RequestBody):
    reference: Name
    wallet_id: Name
    amount: MoneyIn


class NothingToSay(RequestBody):
    """An empty object: the address says everything."""


@router.post("/card-payments", status_code=201, response_model=CardPaymentAnswer)
async def post_card_payment(
    body: CardPaymentRequest, request: Request, world: TheWorld, once: OnlyOnce
) -> JSONResponse:
    """Ask for a card payment; webhooks `card_payment.…` tell what becomes of it."""
    base = _base(request, world.settings.public_url)
    command = CreateCardPayment(
        reference=body.reference,
        wallet_id=body.wallet_id,
        amount=body.amount.to_money(),
        description=body.description,
        return_url=str(body.return_url),
        capture=body.capture,
        expires_in=timedelta(seconds=body.expires_in),
    )
    return await once.answer(
        body,
        CardPaymentAnswer,
        lambda tx, now, _: _page_of(create_card_payment(command, tx, now), base),
        fault_at="psp.cards",
    )


@router.get("/card-payments")
async def get_card_payments(
    request: Request, world: TheWorld, window: TheWindow, reference: ReferenceFilter = None
) -> PageOut[CardPaymentAnswer]:
    """Card payments, newest first."""
    base = _base(request, world.settings.public_url)
    async with world.engine.connect() as tx:
        return page_out(await list_card_payments(tx, reference, window), lambda one: _shown(one, base))


@router.get("/card-payments/{card_payment_id}")
async def get_one_card_payment(card_payment_id: Name, request: Request, world: TheWorld) -> CardPaymentAnswer:
    """One card payment as it stands now."""
    async with world.engine.connect() as tx:
        payment = await get_card_payment(tx, card_payment_id)
    return _shown(payment, _base(request, world.settings.public_url))


@router.post("/card-payments/{card_payment_id}/cancel", status_code=201, response_model=CardPaymentAnswer)
async def post_cancel(
    card_payment_id: Name, body: NothingToSay, request: Request, world: TheWorld, once: OnlyOnce
) -> JSONResponse:
    """A definite answer: `cancelled` if the buyer was not done, else how the payment stands."""
    base = _base(request, world.settings.public_url)
    return await once.answer(
        body,
        CardPaymentAnswer,
        lambda tx, now, _: _page_of(cancel_card_payment(card_payment_id, tx, now), base),
        fault_at="psp.cards",
    )


@router.post("/card-payments/{card_payment_id}/void", status_code=201, response_model=CardPaymentAnswer)
async def post_void(
    card_payment_id: Name, body: NothingToSay, request: Request, world: TheWorld, once: OnlyOnce
) -> JSONResponse:
    """Release what is authorised and not captured; the answer is how the payment stands."""
    base = _base(request, world.settings.public_url)
    return await once.answer(
        body,
        CardPaymentAnswer,
        lambda tx, now, _: _page_of(void_card_payment(card_payment_id, tx, now), base),
        fault_at="psp.cards",
    )


@router.post("/card-payments/{card_payment_id}/captures", status_code=201, response_model=CaptureAnswer)
async def post_capture(card_payment_id: Name, body: CaptureRequest, once: OnlyOnce) -> JSONResponse:
    """Capture a part, 409 `capture_exceeds_authorisation` beyond it; a declined one is answered with status `failed`."""

    def command(declined: bool) -> CaptureCard:
        return CaptureCard(card_payment_id, body.reference, body.amount.to_money(), declined)

    return await once.answer(
        body,
        CaptureAnswer,
        lambda tx, now, fault: capture_card(command(fault is not None and fault.mode == DECLINE_CAPTURE), tx, now),
        fault_at="psp.captures",
    )


@router.get("/card-captures")
async def get_captures(
    world: TheWorld,
    window: TheWindow,
    reference: ReferenceFilter = None,
    card_payment_id: ReferenceFilter = None,
) -> PageOut[CaptureAnswer]:
    """Captures, newest first; an automatic capture has the reference of its payment."""
    async with world.engine.connect() as tx:
        page = await list_captures(tx, reference, card_payment_id, window)
        return page_out(page, CaptureAnswer.model_validate)


@router.post("/card-captures/{capture_id}/refunds", status_code=201, response_model=RefundAnswer)
async def post_card_refund(capture_id: Name, body: CardRefundRequest, world: TheWorld, once: OnlyOnce) -> JSONResponse:
    """Send (part of) a capture back to the card; listed and told like every other refund."""
    settle_after = timedelta(seconds=world.settings.settle_after_seconds)

    def command(told_to_fail: bool) -> RefundCapture:
        amount = body.amount.to_money()
        return RefundCapture(capture_id, body.reference, body.wallet_id, amount, told_to_fail, settle_after)

    return await once.answer(
        body,
        RefundAnswer,
        lambda tx, now, fault: refund_capture(command(fault is not None and fault.mode == FAIL), tx, now),
        fault_at="psp.refunds",
    )


def _base(request: Request, public_url: str) -> str:
    # Behind a proxy the platform and the buyer know the sandbox by different names.
    return public_url or str(request.base_url).rstrip("/")


async def _page_of(made: Awaitable[CardPayment], base: str) -> CardPaymentAnswer:
    return _shown(await made, base)


def _shown(payment: CardPayment, base: str) -> CardPaymentAnswer:
    shown = CardPaymentAnswer.model_validate(payment)
    shown.hosted_page = _hosted_page(base, payment.id)
    return shown


def _hosted_page(base: str, card_payment_id: str) -> str:
    return f"{base}/psp/pay/{card_payment_id}"
