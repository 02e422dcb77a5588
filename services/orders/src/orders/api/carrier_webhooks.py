"""The carrier's door: signed messages about parcels (Standard Webhooks)."""

import binascii
import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from fastapi import APIRouter, Request
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.responses import Response

from chassis.db.executor import Executor
from chassis.web.problems import Problem
from orders.use_cases.receive_carrier_message import ReceiveCarrierMessage, Scan, receive_carrier_message

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
log = structlog.get_logger(__name__)


@router.post("/carrier", status_code=204, openapi_extra={"security": []})
async def receive_carrier(request: Request) -> Response:
    """A scan of a parcel. Signed with the carrier's secret over the raw bytes, at most five minutes old; a repeat is fine."""
    raw = await request.body()
    _verify(request.app.state.carrier_webhook_secret, raw, request)
    executor: Executor[Any] = request.app.state.executor
    command = ReceiveCarrierMessage(request.headers["webhook-id"], raw.decode(), _scan(raw))
    await executor.run(partial(receive_carrier_message, command))
    return Response(status_code=204)


def _verify(secret: str, raw: bytes, request: Request) -> None:
    try:
        Webhook(secret).verify(raw, dict(request.headers), json_parse=False)
    except (WebhookVerificationError, binascii.Error, ValueError) as error:
        # The library names the cause (missing headers, too old, too new, no matching signature); a header that is not even
        # well formed ends in one of the other two. Outside it is one answer, inside the cause is worth knowing.
        cause = str(error) if isinstance(error, WebhookVerificationError) else "malformed signature headers"
        log.warning("webhook.refused", sender="carrier", cause=cause, webhook_id=request.headers.get("webhook-id"))
        raise Problem(401, "webhook_signature_invalid", "The signature of this message is not valid", cause) from error


def _scan(raw: bytes) -> Scan | None:
    """What the message says, or None where it is genuine but of a shape we cannot read; it is stored all the same."""
    try:
        data = json.loads(raw)["data"]
        at = datetime.fromisoformat(data["at"])
        return Scan(
            carrier=str(data["carrier"]),
            tracking_number=str(data["tracking_number"]),
            status=str(data["status"]),
            at=at if at.tzinfo else at.replace(tzinfo=UTC),
        )
    except (ValueError, KeyError, TypeError) as error:
        log.warning("webhook.unreadable", sender="carrier", cause=type(error).__name__)
        return None
