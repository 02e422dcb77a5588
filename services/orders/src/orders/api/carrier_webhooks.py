"""The carrier's door: signed messages about parcels (Standard Webhooks)."""

import binascii
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, ValidationError
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.responses import Response

from chassis.db.executor import Executor
from chassis.web.problems import Problem
from chassis.web.webhooks import signed_message
from orders.use_cases.receive_carrier_message import ReceiveCarrierMessage, Scan, receive_carrier_message

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
log = structlog.get_logger(__name__)


class ScanBody(BaseModel):
    """What became of a parcel, and when; a time without a zone is UTC.

    `status`: in_transit, delivery_failed, delivered, returned (to its sender) or lost; any other is kept and changes nothing.
    `reason`, of a failed delivery: nobody_there, address_not_found or refused; any other counts as other.
    """

    # Some carriers' tracking numbers are all digits, and some systems send those as numbers.
    model_config = ConfigDict(coerce_numbers_to_str=True)

    carrier: str
    tracking_number: str
    status: str
    at: datetime
    reason: str | None = None


class CarrierMessageBody(BaseModel):
    """The envelope of the carrier's messages."""

    data: ScanBody


@router.post("/carrier", status_code=204, openapi_extra=signed_message(CarrierMessageBody))
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
        data = CarrierMessageBody.model_validate_json(raw).data
    except ValidationError as error:
        log.warning("webhook.unreadable", sender="carrier", cause=error.errors()[0]["type"])
        return None
    at = data.at if data.at.tzinfo else data.at.replace(tzinfo=UTC)
    return Scan(data.carrier, data.tracking_number, data.status, at, data.reason)
