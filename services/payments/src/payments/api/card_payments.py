"""Paying by card: an attempt is started here and finished on the provider's page."""

import asyncio
import json
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from chassis.db.executor import Executor
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.internal import internal_caller
from chassis.web.writes import Write
from payments.api.reader import PaymentReader, Read
from payments.api.schemas import CardLinkBody, CardPaymentBody
from payments.domain.card_payment import CardPayment
from payments.domain.errors import CardLinkUnknown, NoSuchCardPayment, NoSuchPayment
from payments.domain.views import Reader
from payments.use_cases.begin_card_payment import BeginCardPayment, begin_card_payment
from payments.use_cases.ports import Queries

router = APIRouter(prefix="/v1/payments/{payment_id}/card_payments", tags=["payments"])
internal_router = APIRouter(
    prefix="/internal/card-links", dependencies=[Depends(internal_caller)], include_in_schema=False
)

# The provider answers within a second, or it is down; then the page comes later and is asked for again.
_WAIT_SECONDS = 5.0
_LOOK_EVERY_SECONDS = 0.05


@router.post("", status_code=201, response_model=CardPaymentBody)
async def start_card_payment(
    payment_id: Id, subject: Annotated[Subject, require("orders:write")], queries: Read, write: Write
) -> Response:
    """Start paying what is missing; while an attempt waits for its buyer, that one is the answer.

    Send the buyer to `hosted_page`. It is null where the provider did not answer within five seconds: read the attempt again.
    409 `card_not_accepted` in a market without cards, 409 `payment_not_open` where nothing is to be paid.
    """
    command = BeginCardPayment(payment_id, subject.company_id)
    answer = await write.answer(subject.tenant, partial(begin_card_payment, command), _id_of, status=201)
    return await _with_page(answer, queries)


@router.get("")
async def list_card_payments(payment_id: Id, reader: PaymentReader, queries: Read) -> list[CardPaymentBody]:
    """Every attempt, the latest first; 404 `payment_not_found` for strangers."""
    if await queries.payment(reader, payment_id) is None:
        raise NoSuchPayment(id=str(payment_id))
    return [CardPaymentBody.model_validate(one) for one in await queries.card_payments(reader, payment_id)]


@router.get("/{card_payment_id}")
async def read_card_payment(
    payment_id: Id, card_payment_id: Id, reader: PaymentReader, queries: Read
) -> CardPaymentBody:
    """One attempt; 404 `card_payment_not_found` for strangers."""
    found = await queries.card_payment(reader, card_payment_id)
    if found is None or found.payment_id != payment_id:
        raise NoSuchCardPayment(id=str(card_payment_id))
    return CardPaymentBody.model_validate(found)


@internal_router.get("/{token}")
async def read_card_link(token: str, queries: Read) -> CardLinkBody:
    """What a payment link is about."""
    return await _link(token, queries)


@internal_router.post("/{token}/card_payments", status_code=201)
async def start_card_payment_by_link(token: str, request: Request, queries: Read) -> CardPaymentBody:
    """Whoever has the link may pay. A second click continues the attempt that waits, so no key is needed."""
    link = await _link(token, queries)
    executor: Executor[Any] = request.app.state.executor
    card: CardPayment = await executor.run(partial(begin_card_payment, BeginCardPayment(link.payment.id, None)))
    return await _page_of(card.id, queries)


def _id_of(card: CardPayment) -> dict[str, str]:
    return {"id": str(card.id)}


async def _with_page(answer: Response, queries: Queries) -> Response:
    """The receipt keeps the id; how the attempt stands is read, so that a repeat is told the page too."""
    if answer.status_code != 201:
        return answer
    body = await _page_of(Id(json.loads(bytes(answer.body))["id"]), queries)
    headers = {name: answer.headers[name] for name in ("Idempotent-Replayed",) if name in answer.headers}
    return JSONResponse(body.model_dump(mode="json"), 201, headers)


async def _page_of(card_payment_id: Id, queries: Queries) -> CardPaymentBody:
    """As it stands once the provider has made its page, or after five seconds."""
    deadline = asyncio.get_running_loop().time() + _WAIT_SECONDS
    while True:
        found = await queries.card_payment(Reader(), card_payment_id)
        if found is None:
            raise NoSuchCardPayment(id=str(card_payment_id))
        if found.state != "created" or asyncio.get_running_loop().time() >= deadline:
            return CardPaymentBody.model_validate(found)
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


async def _link(token: str, queries: Queries) -> CardLinkBody:
    found = await queries.card_link(token)
    if found is None:
        raise CardLinkUnknown()
    return CardLinkBody.model_validate(found)
