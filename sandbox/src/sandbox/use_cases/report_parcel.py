"""A carrier scans a parcel: remember it and tell the platform."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.moment import Moment
from sandbox.domain.names import new_name
from sandbox.domain.parcels import FailureReason, ParcelEvent, ParcelStatus
from sandbox.domain.webhooks import make_webhook
from sandbox.storage.parcels import add_parcel_event
from sandbox.storage.webhooks import queue_webhook


@dataclass(frozen=True, slots=True)
class ReportParcel:
    """No `at` = now in business time. The reason, of a failed delivery, is told and not remembered."""

    carrier: str
    tracking_number: str
    status: ParcelStatus
    at: datetime | None
    reason: FailureReason | None = None


async def report_parcel(command: ReportParcel, tx: AsyncConnection, now: Moment) -> ParcelEvent:
    event = ParcelEvent(
        id=new_name("evt"),
        carrier=command.carrier,
        tracking_number=command.tracking_number,
        status=command.status,
        at=command.at or now.business,
    )
    await add_parcel_event(tx, event)
    data = {
        "carrier": event.carrier,
        "tracking_number": event.tracking_number,
        "status": event.status,
        "at": event.at.isoformat(),
        **({"reason": command.reason} if command.reason else {}),
    }
    webhook = make_webhook(event.id, "carrier", f"parcel.{event.status}", data, now.business)
    await queue_webhook(tx, webhook, now.real)
    return event
