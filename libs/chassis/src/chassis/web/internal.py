"""What only our own machines may ask: status for the clock and the audit, parked messages and their redrive."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cache, partial
from importlib import metadata
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel
from sqlalchemy import text

from chassis.db import audit_log
from chassis.db.audit_log import WantedEntries
from chassis.db.executor import Executor, Work
from chassis.kernel.audit_log import Act, Actor, shown
from chassis.kernel.ids import Id
from chassis.web.problems import Problem

# From where the gateway was asked; it alone sets this, whatever a client writes.
CLIENT_ADDRESS_HEADER = "Regrade-Client-Address"
INTERNAL_TOKEN_HEADER = "Regrade-Internal-Token"  # noqa: S105 - a header's name


class StatusBody(BaseModel):
    """How a service stands. It is quiet when nothing waits: `outbox_pending`, `timers_due` and `lag` are all zero."""

    service: str
    version: str
    now: datetime
    offset_seconds: int
    outbox_pending: int
    oldest_outbox_seconds: float
    timers_due: int
    timers_dead: int
    next_due_at: datetime | None
    parked: int
    lag: int


class ActorBody(BaseModel, extra="forbid"):
    """Who asked at the edge: a person in a session, or a key."""

    kind: Literal["person", "key"]
    id: Id
    role: str | None = None
    request_id: str | None = None


class ClockBody(BaseModel, extra="forbid"):
    """The sandbox offset on business time; it only ever grows."""

    offset_seconds: int


class WantedBody(BaseModel, extra="forbid"):
    """Which entries of the audit log: those after a seq, of one actor, about one subject, of one act."""

    after: int = 0
    limit: Annotated[int, Query(ge=1, le=1000)] = 100
    actor: Id | None = None
    subject: str | None = None
    act: str | None = None

    def entries(self) -> WantedEntries:
        """As the log is asked."""
        return WantedEntries(**vars(self))


class NewestBody(BaseModel):
    """The end of a service's audit log; seq 0 where nothing was recorded yet."""

    chain_id: Id
    seq: int
    hash: str


async def internal_caller(
    request: Request,
    regrade_internal_token: Annotated[str | None, Header(alias=INTERNAL_TOKEN_HEADER, include_in_schema=False)] = None,
) -> None:
    """Only who knows the platform's internal token; from outside the paths do not exist."""
    if not secrets.compare_digest(regrade_internal_token or "", request.app.state.internal_token):
        raise Problem(404, "not_found", "There is no such thing, or it is not yours")


@cache
def _version_of(service: str) -> str:
    try:
        return metadata.version(f"regrade-{service}")
    except metadata.PackageNotFoundError:
        return "not installed as a package"


# The act's code is the operation at the edge.
REDRIVE = "redrive_parked_messages"


async def _record(act: Act, uow: Any, now: datetime) -> None:
    await uow.audit_log.record(act, now)


_STATUS = text(
    "select (select count(*) from outbox) as outbox_pending, "
    "(select coalesce(extract(epoch from now() - min(created_at)), 0) from outbox) as oldest_outbox_seconds, "
    "(select count(*) from timers where state = 'open' and due_at <= :now) as timers_due, "
    "(select count(*) from timers where state = 'dead') as timers_dead, "
    "(select min(due_at) from timers where state = 'open' and due_at > :now) as next_due_at, "
    "(select count(*) from parked) as parked"
)


def internal_router(
    service: str,
    lag: Callable[[], Awaitable[int]],
    redrive: Callable[[str, Id, Work[Any, Any]], Awaitable[int]] | None,
    *,
    sandbox_mode: bool,
) -> APIRouter:
    """The internal routes of a service; moving the clock exists in sandbox mode only."""
    router = APIRouter(prefix="/internal", dependencies=[Depends(internal_caller)], include_in_schema=False)

    @router.get("/status")
    async def read_status(request: Request) -> StatusBody:
        executor: Executor[Any] = request.app.state.executor
        now = executor.clock.now()
        async with executor.engine.connect() as connection:
            row = (await connection.execute(_STATUS, {"now": now})).mappings().one()
        return StatusBody(
            service=service,
            version=_version_of(service),
            now=now,
            offset_seconds=int(executor.clock.offset.total_seconds()),
            lag=await lag(),
            **row,
        )

    @router.get("/parked")
    async def list_parked(request: Request) -> list[dict[str, Any]]:
        executor: Executor[Any] = request.app.state.executor
        async with executor.engine.connect() as connection:
            rows = await connection.execute(
                text(
                    "select handler, aggregate_id, seq, topic, type, reason, detail, attempts, parked_at from parked "
                    "order by parked_at, handler, aggregate_id, seq limit 500"
                )
            )
            return [dict(row) for row in rows.mappings().all()]

    @router.get("/audit-log")
    async def list_entries(request: Request, wanted: Annotated[WantedBody, Query()]) -> list[dict[str, Any]]:
        executor: Executor[Any] = request.app.state.executor
        async with executor.engine.connect() as connection:
            return [shown(entry) for entry in await audit_log.entries(connection, wanted.entries())]

    @router.get("/audit-log/newest")
    async def read_newest(request: Request) -> NewestBody:
        executor: Executor[Any] = request.app.state.executor
        async with executor.engine.connect() as connection:
            chain_id, seq, hash = await audit_log.newest(connection)
        return NewestBody(chain_id=chain_id, seq=seq, hash=hash)

    if redrive is not None:

        @router.post("/parked/{handler}/{aggregate_id}/redrive")
        async def redrive_parked(handler: str, aggregate_id: Id, body: ActorBody) -> dict[str, int]:
            actor = Actor(body.kind, body.id, body.role)
            details = {"handler": handler}
            act = Act(REDRIVE, actor, "aggregate", str(aggregate_id), details, request_id=body.request_id)
            return {"handled": await redrive(handler, aggregate_id, partial(_record, act))}

    if sandbox_mode:

        @router.put("/clock")
        async def move_clock(body: ClockBody, request: Request) -> ClockBody:
            executor: Executor[Any] = request.app.state.executor
            async with executor.engine.begin() as connection:
                await connection.execute(
                    text("update test_clock set offset_seconds = greatest(offset_seconds, :seconds)"),
                    {"seconds": body.offset_seconds},
                )
            await executor.read_clock()
            executor.wake_timers.set()
            return ClockBody(offset_seconds=int(executor.clock.offset.total_seconds()))

    return router
