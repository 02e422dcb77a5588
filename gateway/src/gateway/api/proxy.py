"""The edge: finds the service for a path, turns an API key into a token, forwards, and tells the truth when it cannot."""

import re
from typing import Any

import httpx
from fastapi import APIRouter, Request
from opentelemetry.propagate import inject
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from chassis.kernel.ids import new_id
from chassis.web.auth import not_signed_in
from chassis.web.http import was_not_sent
from chassis.web.internal import INTERNAL_TOKEN_HEADER
from chassis.web.problems import Problem
from gateway.api.limits import RateLimits
from gateway.domain.callers import API_KEY_PREFIX
from gateway.domain.routes import service_for
from gateway.use_cases.ports import ApiKeys, Services

router = APIRouter(include_in_schema=False)

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
# Longer than the longest wait a client may ask of a service (`Prefer: wait=30`).
READ_SECONDS = 40.0

# What paths of ours are made of. Everything else in a path, escaped or not, could mean one thing to the routing table and
# another to the service behind it; and dots would climb out of the listed paths.
_PATH = re.compile(r"[A-Za-z0-9._~:/-]+")
_CLIMBING = {".", ".."}

# Headers of one hop, and those that only the platform itself may set.
_NOT_FORWARDED = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "host",
    "content-length",
    "authorization",
    "accept-encoding",
    "traceparent",
    "x-request-id",
    INTERNAL_TOKEN_HEADER.lower(),
}
_NOT_RETURNED = {
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "server",
    "date",
    "content-encoding",
}


@router.api_route("/{path:path}", methods=METHODS)
async def forward(path: str, request: Request) -> Response:
    """Forward one request to the service that owns its path."""
    service = _service(request.scope["path"])
    bearer = bearer_of(request)
    limits: RateLimits = request.app.state.limits
    rate_headers = await limits.check(request, bearer)
    headers = await _headers(request, bearer)
    upstream = await _send(request, service, headers)
    answered = {name: value for name, value in upstream.headers.items() if name not in _NOT_RETURNED}
    return StreamingResponse(
        upstream.aiter_raw(),
        upstream.status_code,
        {**answered, **rate_headers, "X-Request-Id": headers["X-Request-Id"]},
        # Gives the connection back once the answer has been passed on.
        background=BackgroundTask(upstream.aclose),
    )


def bearer_of(request: Request) -> str | None:
    """The bearer token or API key of the request, if it brings one."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" and value.strip() else None


def _service(path: str) -> str:
    service = service_for(path)
    if service is None or not _PATH.fullmatch(path) or _CLIMBING & set(path.split("/")):
        raise Problem(404, "not_found", "There is no such thing, or it is not yours")
    return service


async def _headers(request: Request, bearer: str | None) -> dict[str, str]:
    headers = {name: value for name, value in request.headers.items() if name not in _NOT_FORWARDED}
    for name, value in headers.items():
        if not value.isascii():
            raise Problem(400, "header_malformed", "A header holds characters that no header can hold", header=name)
    if bearer is not None:
        if not bearer.isascii():
            raise not_signed_in()
        keys: ApiKeys = request.app.state.api_keys
        token = await keys.token_for(bearer) if bearer.startswith(API_KEY_PREFIX) else bearer
        headers["Authorization"] = f"Bearer {token}"
    headers["X-Request-Id"] = str(new_id())
    inject(headers)
    return headers


async def _send(request: Request, service: str, headers: dict[str, str]) -> httpx.Response:
    client: httpx.AsyncClient = request.app.state.client
    services: Services = request.app.state.services
    body = await request.body()
    query = f"?{request.url.query}" if request.url.query else ""
    outgoing = client.build_request(
        request.method,
        f"{services.urls[service]}{request.scope['path']}{query}",
        headers=headers,
        content=body or None,
        timeout=httpx.Timeout(5.0, read=READ_SECONDS),
    )
    try:
        return await client.send(outgoing, stream=True)
    except httpx.HTTPError as error:
        if was_not_sent(error):
            raise _unavailable(service, "the service is not there; nothing was changed") from error
        raise _unavailable(
            service, "the answer was lost; repeat the request with the same Idempotency-Key to learn the outcome"
        ) from error


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
