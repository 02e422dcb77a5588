"""The carrier: scans of parcels."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from sandbox.api.common import Answer, Instant, Name, RequestBody, TheWorld
from sandbox.domain.errors import NoSuchParcel
from sandbox.domain.parcels import FailureReason, ParcelEvent, ParcelStatus, current_status
from sandbox.storage.parcels import list_parcel_events
from sandbox.use_cases.report_parcel import ReportParcel, report_parcel

router = APIRouter(prefix="/carrier", tags=["carrier"])


class ParcelEventRequest(RequestBody):
    carrier: Name
    tracking_number: Name
    status: ParcelStatus
    at: Instant | None = None
    reason: FailureReason | None = None


class ParcelEventAnswer(Answer):
    id: str
    carrier: str
    tracking_number: str
    status: ParcelStatus
    at: datetime


class ParcelAnswer(BaseModel):
    """`status` is that of the latest scan by its own time; `events` are in the order of reporting, newest first."""

    carrier: str
    tracking_number: str
    status: ParcelStatus
    events: list[ParcelEventAnswer]


@router.post("/events", status_code=201)
async def post_parcel_event(body: ParcelEventRequest, world: TheWorld) -> ParcelEventAnswer:
    """Scan a parcel; a webhook `parcel.<status>` follows. `reason` says why a delivery failed."""
    command = ReportParcel(body.carrier, body.tracking_number, body.status, body.at, body.reason)
    async with world.engine.begin() as tx:
        event = await report_parcel(command, tx, world.now())
    world.bell.set()
    return ParcelEventAnswer.model_validate(event)


@router.get("/parcels/{tracking_number}")
async def get_parcel(tracking_number: Name, world: TheWorld) -> ParcelAnswer:
    """A parcel and all its scans."""
    async with world.engine.connect() as tx:
        events = await list_parcel_events(tx, tracking_number)
    if not events:
        raise NoSuchParcel
    return _parcel(events)


def _parcel(events: Sequence[ParcelEvent]) -> ParcelAnswer:
    return ParcelAnswer(
        carrier=events[0].carrier,
        tracking_number=events[0].tracking_number,
        status=current_status(events),
        events=[ParcelEventAnswer.model_validate(event) for event in events],
    )
