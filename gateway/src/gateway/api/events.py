"""The facts of the whole platform as they happen, as Server-Sent Events."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import StringConstraints
from starlette.responses import Response

from chassis.kafka import live
from chassis.kafka.live import Cursor, End, Fact, FactsNotReadable, LiveFacts, NotACursor, Watcher
from chassis.web.auth import Subject, require
from chassis.web.pages import not_our_cursor
from chassis.web.problems import Problem
from gateway.domain.sentences import sentence

router = APIRouter(prefix="/v1", tags=["operator"])

HEARTBEAT_SECONDS = 15.0
# Then the client comes again, with a sign-in that is checked anew; nothing is lost in between.
STREAM_SECONDS = 600.0
STREAMS_MAX = 100
RECONNECT_MS = 1_000

_TELL = {
    End.TOO_SLOW: ("dropped", "You read more slowly than facts happen. Come again with the id you saw last."),
    End.CLOSING: ("closing", "This copy of the gateway stops. Come again with the id you saw last."),
}
_TOPIC = r"^[a-z]+([.][a-z_]+)?$"

Topics = Annotated[
    list[Annotated[str, StringConstraints(pattern=_TOPIC, max_length=80)]],
    Query(
        max_length=50, description="Only these: topics such as `orders.order`, or all of a service such as `payments`"
    ),
]


async def watched(
    request: Request,
    subject: Annotated[Subject, require("operator:events", "audit:read")],
    topic: Topics = [],  # noqa: B006 - FastAPI copies defaults
    last_event_id: Annotated[
        str | None, Header(description="The `id` you saw last: what you missed since comes first", max_length=200)
    ] = None,
) -> AsyncIterator[Watcher]:
    """Begin to watch before the answer begins, so that a refusal is still a problem document."""
    facts: LiveFacts = request.app.state.facts
    if facts.watching >= STREAMS_MAX:
        raise Problem(503, "too_many_streams", "Too many people watch at the moment", headers={"Retry-After": "10"})
    async with facts.watch(_wanted(topic), _since(last_event_id)) as watcher:
        yield watcher


@router.get(
    "/events",
    response_class=Response,
    responses={
        200: {
            "description": (
                "Events of the HTML standard. Each unnamed one is a CloudEvent in its JSON form, with `topic`, `seq` and "
                "`summary` (a sentence) as extensions; its `id` is the cursor. Named ones: `ready`, then at the end "
                "`renew`, `closing` or `dropped`; `gap` where too much was missed to be told again."
            ),
            "content": {"text/event-stream": {"schema": {"type": "string"}, "example": "event: ready\ndata: {}\n\n"}},
        }
    },
)
async def stream_events(request: Request, watcher: Annotated[Watcher, Depends(watched)]) -> Response:
    """Watch the facts of all services from now on. A fact may come twice after a break: its CloudEvents `id` tells."""
    # Proxies must not wait for more before they pass on what is there.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(_stream(request.app.state.facts, watcher), headers=headers)


async def _stream(facts: LiveFacts, watcher: Watcher) -> AsyncIterator[bytes]:
    yield _named("ready", {}, id=str(watcher.since or live.now()), retry=RECONNECT_MS)
    try:
        missed = await facts.missed(watcher)
    except FactsNotReadable:
        # The client comes again with the id it has, and is told then.
        return
    if missed is None:
        yield _named("gap", {"detail": "You missed too much to be told again. Read the figures anew."})
    for fact in missed or ():
        yield _told(fact)
    async for told in _live(watcher):
        yield told


async def _live(watcher: Watcher) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + STREAM_SECONDS
    while loop.time() < ends_at:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                found = await watcher.next()
        except TimeoutError:
            yield format_sse_event(comment="quiet")
            continue
        if isinstance(found, End):
            name, why = _TELL[found]
            yield _named(name, {"detail": why})
            return
        yield _told(found)
    yield _named("renew", {"detail": "Come again with a valid sign-in and the id you saw last."})


def _told(fact: Fact) -> bytes:
    message = fact.message
    event = {
        "specversion": "1.0",
        "id": str(message.event_id),
        "type": message.type,
        "source": message.headers.get("ce_source", ""),
        "time": message.headers["ce_time"],
        "subject": str(message.aggregate_id),
        "datacontenttype": "application/json",
        "topic": message.topic,
        "seq": message.seq,
        "summary": sentence(message.type, message.data),
        "data": message.data,
    }
    return format_sse_event(data_str=_json(event), id=str(fact.cursor))


def _named(name: str, data: dict[str, Any], *, id: str | None = None, retry: int | None = None) -> bytes:
    return format_sse_event(data_str=_json(data), event=name, id=id, retry=retry)


def _json(value: Any) -> str:
    # No line breaks inside: each line would be a field of its own.
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _wanted(topics: list[str]) -> Callable[[str], bool]:
    exact, services = set(topics), tuple(f"{topic}." for topic in topics if "." not in topic)
    if not topics:
        return lambda topic: True
    return lambda topic: topic in exact or topic.startswith(services)


def _since(last_event_id: str | None) -> Cursor | None:
    if not last_event_id:
        return None
    try:
        return Cursor.parse(last_event_id)
    except NotACursor as error:
        raise not_our_cursor() from error
