"""The load generator: one extra process that speaks HTTP over many kept connections, and counts its own CPU.

It stays far below the cost of what it asks: requests are whole byte strings before the clock runs, answers are read by
the C parser that uvicorn uses, and nothing of them is kept but status, time and size.
"""

import asyncio
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import httptools
import uvloop

_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Request:
    """One request, of nobody in particular if there is no `bearer`. A write gets an `Idempotency-Key` of its own each time
    it is sent."""

    method: str
    path: str
    bearer: str | None
    body: bytes = b""
    media_type: str = "application/json"

    def head_and_tail(self, host: str) -> tuple[bytes, bytes]:
        """The bytes before and behind the place of the key."""
        caller = "" if self.bearer is None else f"Authorization: Bearer {self.bearer}\r\n"
        head = (
            f"{self.method} {self.path} HTTP/1.1\r\nHost: {host}\r\n{caller}"
            f"Content-Type: {self.media_type}\r\nContent-Length: {len(self.body)}\r\n"
        )
        return head.encode(), b"\r\n" + self.body


@dataclass(frozen=True)
class Job:
    """What to send and for how long.

    Closed loop: each connection sends its next request when it has read the answer. Answers of the first
    `lead_seconds` are not counted: until all connections have had one, they come too seldom. With `per_second` the requests come
    at random instants of that mean rate instead, whether or not earlier ones are answered, so long as a connection is
    free. Ends after `seconds`, or when each request was sent once (`seconds` None). An answer of another status than
    `expect`, or with `forbidden` in it, is an error.
    """

    url: str
    requests: Sequence[Request]
    connections: int
    seconds: float | None
    expect: int = 200
    forbidden: bytes | None = None
    needed: bytes | None = None
    per_second: float | None = None
    lead_seconds: float = 0.0


@dataclass(frozen=True)
class Load:
    """What came of it. `done` answers came within the `seconds` that count; CPU was spent on all `answered` ones. `waited`
    are the seconds from sending a request to having read its answer."""

    done: int
    answered: int
    seconds: float
    cpu_seconds: float
    waited: list[float] = field(repr=False)
    errors: int
    first_error: str | None


def generate(job: Job) -> Load:
    """Run one job in this process."""
    return uvloop.run(_Run(job).go())


class _Run:
    def __init__(self, job: Job) -> None:
        at = urlsplit(job.url)
        assert at.hostname is not None
        assert at.port is not None
        self._address = (at.hostname, at.port)
        self._job = job
        self._wire = [(one.method in _WRITES, *one.head_and_tail(at.netloc)) for one in job.requests]
        self._next = 0
        self._from = 0.0
        self._until = float("inf")
        self._answered = 0
        self._waited: list[float] = []
        self._errors: list[str] = []

    async def go(self) -> Load:
        connections = [await self._connect() for _ in range(self._job.connections)]
        cpu, began = time.process_time(), time.monotonic()
        if self._job.seconds is not None:
            self._from = began + self._job.lead_seconds
            self._until = self._from + self._job.seconds
        if self._job.per_second is None:
            await asyncio.gather(*(self._in_turn(one) for one in connections))
        else:
            await self._at_random_instants(connections, self._job.per_second)
        spent, cpu = time.monotonic() - began, time.process_time() - cpu
        for one in connections:
            one.close()
        return Load(
            done=len(self._waited),
            answered=self._answered,
            seconds=self._job.seconds or spent,
            cpu_seconds=cpu,
            waited=self._waited,
            errors=len(self._errors),
            first_error=self._errors[0] if self._errors else None,
        )

    async def _connect(self) -> "_Connection":
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_connection(_Connection, *self._address)
        return protocol

    async def _in_turn(self, connection: "_Connection") -> None:
        while time.monotonic() < self._until and (request := self._take()) is not None:
            await self._ask(connection, request)

    async def _at_random_instants(self, connections: list["_Connection"], per_second: float) -> None:
        free: asyncio.Queue[_Connection] = asyncio.Queue()
        for one in connections:
            free.put_nowait(one)
        chance = random.Random(7)
        at = time.monotonic()
        running: set[asyncio.Task[None]] = set()

        async def ask(request: int) -> None:
            connection = await free.get()
            await self._ask(connection, request)
            free.put_nowait(connection)

        while at < self._until and (request := self._take()) is not None:
            at += chance.expovariate(per_second)
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            task = asyncio.create_task(ask(request))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)

    def _take(self) -> int | None:
        """The next request; from the first again after the last, unless each is to be sent once."""
        taken, self._next = self._next, self._next + 1
        if taken < len(self._wire):
            return taken
        return None if self._job.seconds is None else taken % len(self._wire)

    async def _ask(self, connection: "_Connection", request: int) -> None:
        is_write, head, tail = self._wire[request]
        key = b"Idempotency-Key: %s\r\n" % os.urandom(16).hex().encode() if is_write else b""
        began = time.monotonic()
        status, body = await connection.ask(head + key + tail)
        ended = time.monotonic()
        wrong = status != self._job.expect
        wrong = wrong or (self._job.forbidden is not None and self._job.forbidden in body)
        wrong = wrong or (self._job.needed is not None and self._job.needed not in body)
        self._answered += 1
        if wrong:
            self._errors.append(f"{status} {body[:300].decode(errors='replace')}")
        elif self._from <= ended <= self._until:
            # What is answered before or after belongs to no second that counts.
            self._waited.append(ended - began)


class _Connection(asyncio.Protocol):
    """One kept connection with one request under way at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionError("the server hung up"))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        assert self._answer is not None
        status, body, self._body = self._parser.get_status_code(), b"".join(self._body), []
        self._answer.set_result((status, body))

    async def ask(self, wire: bytes) -> tuple[int, bytes]:
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(wire)
        return await self._answer

    def close(self) -> None:
        assert self._transport is not None
        self._transport.close()
