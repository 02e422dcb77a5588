"""What an operator sees of the machinery: how each service stands, what is parked, and how to drive it again."""

import asyncio
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ValidationError

from chassis.kernel.ids import Id
from chassis.web.acts import actor_of, request_id
from chassis.web.auth import Subject, require
from chassis.web.internal import StatusBody
from gateway.domain.errors import NoSuchService, ServiceSilent
from gateway.use_cases.ports import Services

router = APIRouter(prefix="/v1/operator", tags=["operator"])


# Who keeps the machinery going; it is also enough to see how it stands.
REDRIVES = "operator:events"


class ServiceUp(StatusBody):
    """A service that answers."""

    up: Literal[True] = True


class ServiceDown(BaseModel):
    """A service that is silent, or whose answer makes no sense."""

    service: str
    up: Literal[False] = False


class ParkedMessage(BaseModel):
    """A message that waits. `poison` failed too often, `behind` follows such a one, `gap` came before its predecessor.

    `may_redrive` says whether whoever reads it may have it handled again.
    """

    service: str
    handler: str
    aggregate_id: Id
    seq: int
    topic: str
    type: str
    reason: str
    detail: str
    attempts: int
    parked_at: datetime
    may_redrive: bool


class Redriven(BaseModel):
    """How many messages were handled."""

    handled: int


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


@router.get("/status")
async def read_platform_status(
    request: Request, subject: Annotated[Subject, require("audit:read", REDRIVES)]
) -> list[ServiceUp | ServiceDown]:
    """How each service stands: outbox, timers, lag, parked messages. A silent one is named as such."""
    services = _services(request)

    async def one(name: str) -> ServiceUp | ServiceDown:
        try:
            return ServiceUp.model_validate(await services.status(name))
        except (ServiceSilent, ValidationError):
            return ServiceDown(service=name)

    return list(await asyncio.gather(*(one(name) for name in services.urls)))


@router.get("/parked")
async def list_parked_messages(
    request: Request,
    subject: Annotated[Subject, require("audit:read", REDRIVES)],
    service: Annotated[str | None, Query(max_length=40, description="Only those of this service")] = None,
) -> list[ParkedMessage]:
    """Messages that wait in any service, with the reason."""
    services = _services(request)
    if service is not None and service not in services.urls:
        raise NoSuchService(service=service)
    names = [service] if service is not None else list(services.urls)
    lists = await asyncio.gather(*(services.parked(name) for name in names))
    may = REDRIVES in subject.scopes
    return [
        ParkedMessage(service=name, **row, may_redrive=may)
        for name, rows in zip(names, lists, strict=True)
        for row in rows
    ]


@router.post("/parked/{service}/{handler}/{aggregate_id}/redrive")
async def redrive_parked_messages(
    service: str,
    handler: str,
    aggregate_id: Id,
    request: Request,
    subject: Annotated[Subject, require(REDRIVES)],
) -> Redriven:
    """Handle an aggregate's parked messages again, in order. Safe to repeat: what was handled is gone.

    The service writes into its audit log whose act it was.
    """
    services = _services(request)
    if service not in services.urls:
        raise NoSuchService(service=service)
    actor = actor_of(subject)
    by = {"kind": actor.kind, "id": str(actor.id), "role": actor.role, "request_id": request_id()}
    return Redriven(handled=await services.redrive(service, handler, aggregate_id, by))
