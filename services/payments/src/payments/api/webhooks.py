"""The payment provider's messages: signed over the raw bytes, at most five minutes old, each with an effect once."""

import binascii
from functools import partial
from typing import Any

import structlog
from fastapi import APIRouter, Request
from pydantic import ValidationError
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.responses import Response

from chassis.db.executor import Executor
from chassis.web.problems import Problem
from chassis.web.webhooks import signed_message
from payments.api.schemas import PspMessage
from payments.domain.errors import WebhookUnreadable
from payments.domain.psp_facts import PspEvent
from payments.use_cases.receive_psp_event import ReceivePspEvent, receive_psp_event

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])


@router.post("/psp", status_code=204, response_class=Response, openapi_extra=signed_message(PspMessage))
async def receive_psp_webhook(request: Request) -> Response:
    """A message of the payment provider (Standard Webhooks); 401 `webhook_signature_invalid` for forged or old ones.

    It is answered once it is stored with its effect; a repeat of an event id changes nothing.
    """
    body = await request.body()
    _check_signature(request, body)
    message = _message(body)
    # The signed header names the event; an id inside a body could be another one's.
    event = PspEvent(request.headers["webhook-id"], message.type, message.data)
    executor: Executor[Any] = request.app.state.executor
    outcome = await executor.run(partial(receive_psp_event, ReceivePspEvent(event, body.decode())))
    log.info("psp.webhook", type=event.type, event_id=event.event_id, outcome=str(outcome) if outcome else "repeat")
    return Response(status_code=204)


def _check_signature(request: Request, body: bytes) -> None:
    webhook: Webhook = request.app.state.psp_webhook
    try:
        # Times of signatures are real, whatever the test clock says.
        webhook.verify(body, dict(request.headers), json_parse=False)
    except (WebhookVerificationError, binascii.Error, ValueError) as error:
        # A header that is not even well formed ends in one of the other two.
        log.warning("psp.webhook_forged", reason=str(error), event_id=request.headers.get("webhook-id", "")[:100])
        raise Problem(
            401, "webhook_signature_invalid", "The message is not signed by the payment provider, or is too old"
        ) from error


def _message(body: bytes) -> PspMessage:
    try:
        return PspMessage.model_validate_json(body)
    except ValidationError as error:
        raise WebhookUnreadable() from error
