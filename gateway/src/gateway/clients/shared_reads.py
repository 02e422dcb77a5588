"""Internal calls for what is done side by side: whoever asks the same at the same time gets the same answer."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

import httpx

from chassis.db.together import Together
from gateway.clients.services import Services

# Service, path, timeout in seconds.
_Question = tuple[str, str, float]


class SharedReads(Services):
    """Mails that are written together are often about the same order or to the same company."""

    def __init__(self, client: httpx.AsyncClient, urls: Mapping[str, str], internal_token: str) -> None:
        super().__init__(client, urls, internal_token)
        self._reads: Together[_Question, Any] = Together(self._read)

    async def call(self, service: str, method: str, path: str, json: Any = None, *, seconds: float = 10.0) -> Any:
        """As of every service; a GET is never answered by one that began before it."""
        if method != "GET":
            return await super().call(service, method, path, json, seconds=seconds)
        found = await self._reads.find((service, path, seconds))
        if isinstance(found, Exception):
            raise found
        return found

    async def _read(self, questions: Collection[_Question]) -> dict[_Question, Any]:
        reads = (super(SharedReads, self).call(service, "GET", path, seconds=s) for service, path, s in questions)
        # One that fails is told to those who asked it, and leaves the others alone.
        answers = await asyncio.gather(*reads, return_exceptions=True)
        return dict(zip(questions, answers, strict=True))
