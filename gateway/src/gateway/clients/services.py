"""Internal calls to the services: status and clock of each, parked messages, the token behind an API key."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx

from chassis.kernel.errors import NotFound
from chassis.kernel.ids import Id
from chassis.web.internal import INTERNAL_TOKEN_HEADER
from gateway.domain.errors import ServiceSilent, StillFailing


class Services:
    """The services by name, with the internal token at hand."""

    def __init__(self, client: httpx.AsyncClient, urls: Mapping[str, str], internal_token: str) -> None:
        self._client = client
        self.urls = urls
        self._headers = {INTERNAL_TOKEN_HEADER: internal_token}

    async def call(self, service: str, method: str, path: str, json: Any = None, *, seconds: float = 10.0) -> Any:
        """One internal call; `ServiceSilent` if there is no usable answer, `NotFound` for a 404."""
        try:
            response = await self._client.request(
                method, f"{self.urls[service]}{path}", json=json, headers=self._headers, timeout=seconds
            )
            if response.status_code == 404:
                raise NotFound(f"{service} does not know it")
            response.raise_for_status()
            return response.json()
        except httpx.HTTPError as error:
            raise ServiceSilent(f"{service}: {type(error).__name__}", service=service) from error

    async def content(self, service: str, path: str) -> bytes:
        """The bytes of a document, by an internal call."""
        try:
            response = await self._client.get(f"{self.urls[service]}{path}", headers=self._headers, timeout=10.0)
            response.raise_for_status()
        except httpx.HTTPError as error:
            raise ServiceSilent(f"{service}: {type(error).__name__}", service=service) from error
        return response.content

    async def status(self, service: str) -> dict[str, Any]:
        """How the service stands (see the chassis' internal routes)."""
        found: dict[str, Any] = await self.call(service, "GET", "/internal/status")
        return found

    async def figures(self, service: str) -> dict[str, Any]:
        """The operator's figures of a service; who looks at them does not wait long for one that is slow."""
        found: dict[str, Any] = await self.call(service, "GET", "/internal/figures", seconds=3.0)
        return found

    async def move_clock(self, service: str, offset_seconds: int) -> None:
        """Set the sandbox offset; it never goes back."""
        await self.call(service, "PUT", "/internal/clock", {"offset_seconds": offset_seconds})

    async def parked(self, service: str) -> list[dict[str, Any]]:
        """The messages that wait for an operator."""
        found: list[dict[str, Any]] = await self.call(service, "GET", "/internal/parked")
        return found

    async def newest_entry(self, service: str) -> dict[str, Any]:
        """The end of the service's audit log."""
        found: dict[str, Any] = await self.call(service, "GET", "/internal/audit-log/newest")
        return found

    async def entries(self, service: str, wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Entries of the service's audit log, oldest first, as they were hashed."""
        query = urlencode({name: value for name, value in wanted.items() if value is not None})
        found: list[dict[str, Any]] = await self.call(service, "GET", f"/internal/audit-log?{query}")
        return found

    async def redrive(self, service: str, handler: str, aggregate_id: Id, by: Mapping[str, Any]) -> int:
        """Handle what waits for one aggregate; answers how many messages that were, or raises `StillFailing`.

        `by` is the actor, for the service's audit log.
        """
        try:
            path = f"/internal/parked/{handler}/{aggregate_id}/redrive"
            answer = await self.call(service, "POST", path, dict(by))
        except ServiceSilent as silence:
            cause = silence.__cause__
            if isinstance(cause, httpx.HTTPStatusError) and cause.response.status_code == 500:
                raise StillFailing(service=service) from silence
            raise
        return int(answer["handled"])
