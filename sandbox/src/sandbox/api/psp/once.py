"""Idempotency of the payment provider: the same key and body always get the same answer."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.errors import DomainError
from sandbox.api.common import Answer, TheWorld
from sandbox.api.faulty import under_fault
from sandbox.api.problems import problem_of
from sandbox.domain.errors import IdempotencyKeyMissing
from sandbox.domain.faults import Fault
from sandbox.domain.moment import Moment
from sandbox.storage.receipts import StoredAnswer, claim_key, store_answer
from sandbox.world import World

# Transaction, instant and the fault laid down here, if any → what was made.
Work = Callable[[AsyncConnection, Moment, Fault | None], Awaitable[object]]


class Once:
    """Runs the work of one POST once per key; refusals (4xx) are answers too and are kept, mistakes (5xx) are not."""

    def __init__(self, request: Request, world: World, key: str) -> None:
        self._request = request
        self._world = world
        self._key = key

    async def answer(
        self, body: BaseModel, shape: type[Answer], work: Work, fault_at: str | None = None
    ) -> JSONResponse:
        """201 with the result of `work` in the given shape, or the stored answer with `Idempotent-Replayed: true`."""
        fingerprint = self._fingerprint(body)

        async def run(fault: Fault | None) -> JSONResponse:
            async with self._world.engine.begin() as tx:
                now = self._world.now()
                stored = await claim_key(tx, self._key, fingerprint, now.real)
                answer = stored or await self._work(tx, shape, work, now, fault)
            self._world.bell.set()
            return _response(answer, replayed=stored is not None)

        return await under_fault(self._request, self._world, fault_at, run)

    async def _work(
        self, tx: AsyncConnection, shape: type[Answer], work: Work, now: Moment, fault: Fault | None
    ) -> StoredAnswer:
        try:
            # A savepoint: a refusal undoes the work and keeps the receipt.
            async with tx.begin_nested():
                made = shape.model_validate(await work(tx, now, fault))
            answer = StoredAnswer(201, made.model_dump(mode="json"))
        except DomainError as refusal:
            document = problem_of(refusal)
            answer = StoredAnswer(document["status"], document)
        await store_answer(tx, self._key, answer)
        return answer

    def _fingerprint(self, body: BaseModel) -> str:
        text = json.dumps(body.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(f"{self._request.url.path}\n{text}".encode()).hexdigest()


async def once(request: Request, world: TheWorld, idempotency_key: Annotated[str, Header(max_length=255)] = "") -> Once:
    """Raises IdempotencyKeyMissing."""
    if not idempotency_key:
        raise IdempotencyKeyMissing
    return Once(request, world, idempotency_key)


OnlyOnce = Annotated[Once, Depends(once)]


def _response(answer: StoredAnswer, replayed: bool) -> JSONResponse:
    headers = {"Idempotent-Replayed": "true"} if replayed else {}
    media_type = "application/json" if answer.status < 400 else "application/problem+json"
    return JSONResponse(answer.body, answer.status, headers, media_type)
