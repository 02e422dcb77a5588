"""The audit logs of all services, for the operator's owners and for auditors: who did what, sealed entry by entry."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from gateway.domain.errors import NoSuchService
from gateway.use_cases.ports import Services

router = APIRouter(prefix="/v1/operator/audit-logs", tags=["operator"])

Reader = Annotated[Subject, require("audit_log:read")]


class LogBody(BaseModel):
    """A service's log: its chain, and the seq and hash of the newest entry; seq 0 where nothing was recorded yet."""

    service: str
    chain_id: Id
    seq: int
    hash: str


class EntryActorBody(BaseModel):
    """A person, an API key, or the platform itself, which has no id. People have a role."""

    kind: Literal["person", "key", "platform"]
    id: str | None
    role: str | None


class EntrySubjectBody(BaseModel):
    """What the act was done to."""

    kind: str
    id: str


class EntryBody(BaseModel):
    """One act. `at` is real time, `business_at` the platform's, both to the microsecond and always in this form.

    `hash` is the SHA-256 of the entry without it, as JSON by RFC 8785; `prev_hash` is the hash of the entry before. In
    `details`, `changed` says what the act changed (personal values as keyed hashes), `made` which ids the answer named.
    """

    chain_id: str
    seq: int
    at: str
    business_at: str
    act: str
    actor: EntryActorBody
    subject: EntrySubjectBody
    details: dict[str, Any]
    reason: str | None
    request_id: str | None
    prev_hash: str
    hash: str


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


@router.get("")
async def list_audit_logs(request: Request, subject: Reader) -> list[LogBody]:
    """The log of every service with its newest entry."""
    services = _services(request)
    found = await asyncio.gather(*(services.newest_entry(name) for name in services.urls))
    return [LogBody(service=name, **one) for name, one in zip(services.urls, found, strict=True)]


@router.get("/{service}")
async def list_audit_entries(
    service: str,
    request: Request,
    subject: Reader,
    paging: Paging,
    actor: Annotated[Id | None, Query(description="Only acts of this person or API key")] = None,
    about: Annotated[
        str | None, Query(alias="subject", max_length=100, description="Only acts on the thing with this id")
    ] = None,
    act: Annotated[str | None, Query(max_length=100, description="Only this act, by its operation's id")] = None,
) -> Page[EntryBody]:
    """What operators did in one service, oldest first."""
    services = _services(request)
    if service not in services.urls:
        raise NoSuchService(service=service)
    wanted = {
        "after": paging.after_number or 0,
        "limit": paging.limit + 1,
        "actor": actor,
        "subject": about,
        "act": act,
    }
    found = await services.entries(service, wanted)
    return paging.page_of(found, EntryBody.model_validate, lambda one: (one["seq"],))
