"""The edge: finds the service for a path, turns an API key into a token, forwards, and tells the truth when it cannot.

It stands before the application and speaks ASGI itself: most requests only pass through, and a framework around them
would cost more than everything that is done to them.
"""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import APIRouter, FastAPI
from opentelemetry import trace
from opentelemetry.propagate import extract, inject
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.kernel.ids import new_id
from chassis.web.auth import not_signed_in
from chassis.web.internal import CLIENT_ADDRESS_HEADER, INTERNAL_TOKEN_HEADER
from chassis.web.problems import Problem, answer_to
from gateway.api.limits import RateLimits
from gateway.domain.callers import API_KEY_PREFIX
from gateway.domain.errors import AnswerLost, NotSent
from gateway.domain.routes import service_for
from gateway.use_cases.ports import Answer, ApiKeys, Services, Upstream

log = structlog.get_logger(__name__)
tracer = trace.get_tracer("regrade.edge")

Headers = Sequence[tuple[bytes, bytes]]

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})

# What paths of ours are made of. Everything else in a path, escaped or not, could mean one thing to the routing table and
# another to the service behind it; and dots would climb out of the listed paths.
_PATH = re.compile(r"[A-Za-z0-9._~:/-]+")
_CLIMBING = frozenset({".", ".."})
# Every character that a query may hold as it is, and the percent signs of those that it may not.
_IN_QUERY = "%!$&'()*+,;=:@/?-._~[]|^`{}\"\\<>"

# Headers of one hop, and those that only the platform itself may set.
_NOT_FORWARDED = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"expect",
        b"host",
        b"content-length",
        b"authorization",
        b"accept-encoding",
        b"traceparent",
        b"x-request-id",
        INTERNAL_TOKEN_HEADER.lower().encode(),
        CLIENT_ADDRESS_HEADER.lower().encode(),
    }
)
_NOT_RETURNED = frozenset(
    {b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"server", b"date", b"x-request-id"}
)
# An answer up to this length is sent at once.
_SMALL_BYTES = 64 * 1024

router = APIRouter(include_in_schema=False)


@router.api_route("/{path:path}", methods=sorted(METHODS))
async def refuse(path: str) -> None:
    """What neither a service nor the gateway itself has."""
    raise _nothing_there()


class Proxy:
    """Forwards what belongs to a service; everything else goes to `app`, the gateway's own application."""

    def __init__(self, app: FastAPI, body_max_bytes: int) -> None:
        self._app: ASGIApp = app
        self._state = app.state
        self._body_max_bytes = body_max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        service = service_for(scope["path"]) if scope["type"] == "http" and scope["method"] in METHODS else None
        if service is None:
            await self._app(scope, receive, send)
            return
        try:
            await self._forward(service, scope, receive, send)
        except Exception as error:
            await answer_to(error, scope)(scope, receive, send)

    async def _forward(self, service: str, scope: Scope, receive: Receive, send: Send) -> None:
        if not _PATH.fullmatch(scope["path"]) or not _CLIMBING.isdisjoint(scope["path"].split("/")):
            raise _nothing_there()
        bearer = bearer_of(scope["headers"])
        limits: RateLimits = self._state.limits
        # The peer's own address: a header that a client can write decides nothing.
        address = scope["client"][0] if scope["client"] else "unknown"
        rate = limits.check(address, bearer)
        headers = _forwarded(scope["headers"])
        headers.append((CLIENT_ADDRESS_HEADER, address))
        if bearer is not None:
            headers.append(("Authorization", f"Bearer {await self._token(bearer)}"))
        request_id = str(new_id())
        headers.append(("X-Request-Id", request_id))
        body = await self._body(scope["headers"], receive)
        if body is None:
            return
        with tracer.start_as_current_span(
            scope["method"],
            context=extract(_traced(scope["headers"])),
            kind=trace.SpanKind.SERVER,
            attributes={"url.path": scope["path"]},
        ):
            carrier: dict[str, str] = {}
            inject(carrier)
            headers.extend(carrier.items())
            answer = await self._ask(service, scope, headers, body)
        try:
            extra = [*((name.encode(), value.encode()) for name, value in rate.items())]
            await _pass_on(answer, [*extra, (b"x-request-id", request_id.encode())], send)
        except AnswerLost as error:
            raise _lost(service) from error
        finally:
            answer.close()

    async def _token(self, bearer: str) -> str:
        if not bearer.isascii():
            raise not_signed_in()
        keys: ApiKeys = self._state.api_keys
        return await keys.token_for(bearer) if bearer.startswith(API_KEY_PREFIX) else bearer

    async def _body(self, headers: Headers, receive: Receive) -> bytes | None:
        """The whole body, or None if the client is gone."""
        announced = _first(headers, b"content-length")
        if announced.isdigit() and int(announced) > self._body_max_bytes:
            raise self._too_large()
        chunks: list[bytes] = []
        received = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            chunk: bytes = message.get("body", b"")
            received += len(chunk)
            if received > self._body_max_bytes:
                raise self._too_large()
            chunks.append(chunk)
            if not message.get("more_body", False):
                return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _too_large(self) -> Problem:
        return Problem(413, "body_too_large", "The request body is too large", max_bytes=self._body_max_bytes)

    async def _ask(self, service: str, scope: Scope, headers: list[tuple[str, str]], body: bytes) -> Answer:
        upstream: Upstream = self._state.upstream
        services: Services = self._state.services
        query = scope["query_string"].decode("latin-1")
        url = f"{services.urls[service]}{scope['path']}"
        if query:
            url = f"{url}?{query if query.isascii() else quote(scope['query_string'], safe=_IN_QUERY)}"
        try:
            return await upstream.ask(scope["method"], url, headers, body)
        except NotSent as error:
            raise _unavailable(service, "the service is not there; nothing was changed") from error
        except AnswerLost as error:
            raise _lost(service) from error


def bearer_of(headers: Headers) -> str | None:
    """The bearer token or API key of the request, if it brings one."""
    kind, _, value = _first(headers, b"authorization").decode("latin-1").partition(" ")
    return value.strip() if kind.lower() == "bearer" and value.strip() else None


def _first(headers: Headers, wanted: bytes) -> bytes:
    return next((value for name, value in headers if name == wanted), b"")


def _traced(headers: Headers) -> dict[str, str]:
    found = _first(headers, b"traceparent")
    return {"traceparent": found.decode("latin-1")} if found else {}


def _forwarded(headers: Headers) -> list[tuple[str, str]]:
    forwarded = []
    for name, value in headers:
        if name in _NOT_FORWARDED:
            continue
        if not value.isascii():
            told = name.decode("latin-1")
            raise Problem(400, "header_malformed", "A header holds characters that no header can hold", header=told)
        forwarded.append((name.decode("latin-1"), value.decode()))
    return forwarded


async def _pass_on(answer: Answer, extra: Headers, send: Send) -> None:
    """The answer as it comes. Raises AnswerLost only as long as nothing of it was sent."""
    headers = [(name, value) for name, value in answer.headers if name not in _NOT_RETURNED]
    start: Message = {"type": "http.response.start", "status": answer.status, "headers": [*headers, *extra]}
    length = answer.length
    if length is not None and length <= _SMALL_BYTES:
        body = await answer.read()
        start["headers"].append((b"content-length", b"%d" % len(body)))
        await send(start)
        await send({"type": "http.response.body", "body": body})
        return
    if length is not None:
        start["headers"].append((b"content-length", b"%d" % length))
    await send(start)
    try:
        async for chunk in answer.chunks():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except AnswerLost as error:
        # The server then breaks the connection off, which is how the client learns that something is missing.
        log.warning("proxy.answer_broke_off", error=str(error))
        return
    await send({"type": "http.response.body", "body": b""})


def _nothing_there() -> Problem:
    return Problem(404, "not_found", "There is no such thing, or it is not yours")


def _lost(service: str) -> Problem:
    return _unavailable(
        service, "the answer was lost; repeat the request with the same Idempotency-Key to learn the outcome"
    )


def _unavailable(service: str, detail: str) -> Problem:
    facts: dict[str, Any] = {"service": service}
    return Problem(
        503,
        "service_unavailable",
        "A service behind the gateway does not answer at the moment",
        detail,
        headers={"Retry-After": "2"},
        **facts,
    )
