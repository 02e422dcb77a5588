"""Reads that are asked for at the same time share their statements; under load they grow into batches by themselves."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

BATCH_MAX = 64


class Together(Generic[K, V]):
    """`read` gives what it finds of many keys. A question is only ever answered by a read that began after it.

    Whoever is in no hurry lets questions gather for `gather_seconds` before each read.
    """

    def __init__(
        self,
        read: Callable[[Collection[K]], Awaitable[Mapping[K, V]]],
        *,
        gather_seconds: float = 0.0,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._read = read
        self._gather_seconds = gather_seconds
        self._pause = pause
        self._asked: dict[K, asyncio.Future[V | None]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def find(self, key: K) -> V | None:
        """What is read for this key, or None."""
        answer = self._asked.get(key)
        if answer is None:
            answer = self._asked[key] = asyncio.get_running_loop().create_future()
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._answer(), name="together")
        # One of several who asked may give up; the answer is still the others'.
        return await asyncio.shield(answer)

    async def _answer(self) -> None:
        while self._asked:
            if self._gather_seconds:
                await self._pause(self._gather_seconds)
            batch = dict(list(self._asked.items())[:BATCH_MAX])
            for key in batch:
                del self._asked[key]
            try:
                found = await self._read(batch.keys())
            except Exception as error:
                for answer in batch.values():
                    answer.set_exception(error)
                    # Whoever asked may be gone; that is no reason to complain.
                    answer.exception()
                continue
            for key, answer in batch.items():
                answer.set_result(found.get(key))
