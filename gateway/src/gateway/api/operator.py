"""What an operator sees of the machinery: how each service stands, what is parked, and how to drive it again."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Request

from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from gateway.domain.errors import NoSuchService, ServiceSilent
from gateway.use_cases.ports import Services

router = APIRouter(prefix="/v1/operator", tags=["operator"])


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


@router.get("/status")
async def read_platform_status(
    request: Request, subject: Annotated[Subject, require("audit:read")]
) -> list[dict[str, Any]]:
    """How each service stands: outbox, timers, lag, parked messages. A silent one is named as such."""
    services = _services(request)

    async def one(name: str) -> dict[str, Any]:
        try:
            return {"up": True, **await services.status(name)}
        except ServiceSilent:
            return {"service": name, "up": False}

    return list(await asyncio.gather(*(one(name) for name in services.urls)))


@router.get("/parked")
async def list_parked_messages(
    request: Request, subject: Annotated[Subject, require("audit:read")]
) -> list[dict[str, Any]]:
    """Messages that wait in any service, with the reason."""
    services = _services(request)
    lists = await asyncio.gather(*(services.parked(name) for name in services.urls))
    return [{"service": name, **row} for name, rows in zip(services.urls, lists, strict=True) for row in rows]


@router.post("/parked/{service}/{handler}/{aggregate_id}/redrive")
async def redrive_parked_messages(
    service: str,
    handler: str,
    aggregate_id: Id,
    request: Request,
    subject: Annotated[Subject, require("operator")],
) -> dict[str, int]:
    """Handle an aggregate's parked messages again, in order. Safe to repeat: what was handled is gone."""
    services = _services(request)
    if service not in services.urls:
        raise NoSuchService(service=service)
    return {"handled": await services.redrive(service, handler, aggregate_id)}
