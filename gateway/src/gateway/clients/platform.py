"""All clocks of the platform: the services', our own and the sandbox's."""

import asyncio
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import httpx

from chassis.kernel.clock import real_now
from chassis.kernel.errors import Unavailable
from gateway.clients.services import Services
from gateway.domain.advance import Standing


class RunningPlatform:
    """Asks and moves the running parts."""

    def __init__(self, services: Services, client: httpx.AsyncClient, sandbox_url: str) -> None:
        self._services = services
        self._client = client
        self._sandbox_url = sandbox_url

    async def standings(self) -> Sequence[Standing]:
        """How each part stands, asked at the same time."""
        return await asyncio.gather(*(self._service(name) for name in self._services.urls), self._sandbox())

    async def move_to(self, instant: datetime) -> None:
        """Move every clock so that business time is at `instant` (at the most a second later)."""
        offset = math.ceil((instant - real_now()).total_seconds())
        # The sandbox first: whoever acts on the new time must find it there already.
        await self._ask_sandbox("PUT", {"offset_seconds": offset})
        await asyncio.gather(*(self._services.move_clock(name, offset) for name in self._services.urls))

    async def _service(self, name: str) -> Standing:
        status = await self._services.status(name)
        if name == "gateway":
            # Our own errand that moves the clock is the one thing that may be due while all is quiet.
            status["timers_due"] = max(0, status["timers_due"] - 1)
        # A parked message waits for a person, so it does not hold the clock; a lag of -1 means not assigned yet: busy.
        busy = tuple(f"{what} {status[what]}" for what in ("outbox_pending", "timers_due", "lag") if status[what])
        next_due = status["next_due_at"]
        return Standing(name, busy, datetime.fromisoformat(next_due) if next_due else None)

    async def _sandbox(self) -> Standing:
        pending = (await self._ask_sandbox("GET", None))["pending"]
        return Standing("sandbox", (f"pending {pending}",) if pending else (), None)

    async def _ask_sandbox(self, method: str, body: Any) -> dict[str, Any]:
        try:
            response = await self._client.request(method, f"{self._sandbox_url}/clock", json=body)
            # 409: the sandbox's clock is already there (a step that is taken again after a crash).
            if response.status_code != 409:
                response.raise_for_status()
        except httpx.HTTPError as error:
            raise Unavailable(f"the sandbox does not answer: {type(error).__name__}") from error
        found: dict[str, Any] = response.json()
        return found
