"""Runs a service: `python -m orders all|api|consume|relay|timers|migrate|replay`, one loop, one graceful stop."""

import argparse
import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from chassis.db.engine import make_engine
from chassis.db.executor import Executor, MakeUnitOfWork, Outbound
from chassis.db.migrate import make_partitions, migrate
from chassis.db.receipts import KEPT_DAYS, PURGE
from chassis.db.session import Prefetch
from chassis.db.timer_loop import ERRANDS_AT_ONCE, Errands, Handlers, TimerLoop
from chassis.kafka.consumer import Consumer
from chassis.kafka.inbox import InboundHandlers, Inbox
from chassis.kafka.relay import Relay
from chassis.kafka.replay import replay
from chassis.kafka.revocations import TOPIC as REVOCATIONS
from chassis.kafka.revocations import follow_revocations
from chassis.kafka.topics import ensure_topics
from chassis.kernel.clock import OffsetClock
from chassis.observability.logs import configure_logs
from chassis.observability.traces import configure_traces
from chassis.settings import Settings
from chassis.web.acts import Looks
from chassis.web.app import BODY_MAX_BYTES, database_check, make_app
from chassis.web.auth import Keys, Verifier
from chassis.web.http import make_client
from chassis.web.internal import internal_router
from chassis.web.revocations import KEPT_SECONDS, ReadRevocations, Revocations, ask_for_revocations, revocations_from

log = structlog.get_logger(__name__)

PARTS = ("api", "consume", "relay", "timers")
GRACE_SECONDS = 10
# A batch of thousands of rows is no garbage, but with Python's own threshold (700) it makes the collector look through
# everything alive again and again: a third of the CPU of a push, and a seventh with 50,000.
_GARBAGE_THRESHOLD = 200_000
_DAY_SECONDS = 24 * 60 * 60


@dataclass
class Service:
    """Everything that makes a service, put together by its composition root (`main.py`)."""

    name: str
    description: str
    settings: Settings
    migrations: Path
    make_uow: MakeUnitOfWork[Any]
    outbound: Outbound
    topics_out: Sequence[str]
    routers: Sequence[APIRouter]
    keys: Callable[[Executor[Any]], Keys]
    inbound: InboundHandlers[Any] = field(default_factory=dict)
    # How long messages may gather before they are read. Each reading costs a round to every partition, so whoever is in
    # no hurry (mails) should not read each message by itself.
    gather_seconds: float = 0.0
    deadlines: Handlers[Any] = field(default_factory=dict)
    # Routers that take whatever no other took (the gateway's proxy); they stand behind the probes and internal routes.
    last_routers: Sequence[APIRouter] = ()
    # Errands and state that routes need are built once the executor stands.
    errands: Callable[[Executor[Any]], Errands] = lambda executor: {}
    # More only where errands of a kind share their work.
    errands_at_once: int = ERRANDS_AT_ONCE
    state: Callable[[Executor[Any]], dict[str, Any]] = lambda executor: {}
    # By name, what goes on beside the timers for as long as the process runs.
    chores: Callable[[Executor[Any]], Mapping[str, Callable[[], Awaitable[None]]]] = lambda executor: {}
    # Called once after the start, before the API takes requests (seeding an operator, for example).
    on_start: Callable[[Executor[Any]], Awaitable[None]] | None = None
    # Called when the process is told to stop, before the API waits for its requests to end (open streams are told).
    on_stop: Callable[[], None] = lambda: None
    # What stands before the application and may answer by itself (the gateway's proxy).
    front: Callable[[FastAPI], ASGIApp] = lambda app: app
    body_max_bytes: int = BODY_MAX_BYTES
    # Paths whose bodies may be larger than all others', with how large.
    large_bodies: Mapping[str, int] = field(default_factory=dict)
    # Reads for many waiting commands at once (see chassis.db.session).
    prefetch: Prefetch | None = None
    # Reads the sign-ins that were lately taken back; None asks `accounts` over HTTP, as everybody but itself does.
    revocations: Callable[[Executor[Any]], ReadRevocations] | None = None
    # How its things look to the audit log, by the names of their ids on paths.
    looks: Looks = field(default_factory=dict)
    # What GET /openapi.json answers, where that is more than the service's own routes (the gateway's public document).
    openapi: Callable[[], dict[str, Any]] | None = None


class Process:
    """One running copy of a service, or of some of its parts."""

    def __init__(self, service: Service, parts: Sequence[str]) -> None:
        settings = service.settings
        self.service = service
        self.parts = parts
        self.engine = make_engine(settings.database_url)
        self.executor: Executor[Any] = Executor(
            self.engine, service.make_uow, service.outbound, OffsetClock(), prefetch=service.prefetch
        )
        self.inbox = Inbox(self.executor, service.name, service.inbound)
        self.consumer = Consumer(
            self.inbox,
            self.engine,
            settings.kafka,
            service.name,
            settings.ordinal,
            gather_seconds=service.gather_seconds,
        )
        self.relay = Relay(self.engine, settings.kafka, service.name, self.executor.wake_relay)
        self.timers = TimerLoop(
            self.executor,
            service.deadlines,
            service.errands(self.executor),
            errands_at_once=service.errands_at_once,
        )
        self.app = make_app(
            title=f"Regrade {service.name}",
            description=service.description,
            routers=[
                *service.routers,
                internal_router(service.name, self._lag, self.inbox.redrive, sandbox_mode=settings.sandbox_mode),
            ],
            checks=[database_check(self.engine)],
            body_max_bytes=service.body_max_bytes,
            large_bodies=service.large_bodies,
        )
        for router in service.last_routers:
            self.app.include_router(router)
        if service.openapi is not None:
            self.app.openapi = service.openapi  # type: ignore[method-assign]
        self.app.state.executor = self.executor
        self.app.state.internal_token = settings.internal_token
        self.app.state.looks = service.looks
        self.app.state.verifier = Verifier(service.keys(self.executor))
        for name, value in service.state(self.executor).items():
            setattr(self.app.state, name, value)
        self.revocations: Revocations = self.app.state.verifier.revocations

    async def _lag(self) -> int:
        return await self.consumer.lag() if self.service.inbound else 0

    async def run(self, *, migrate_first: bool) -> None:
        """Start the parts, wait for SIGTERM or SIGINT, stop in the order that loses nothing."""
        service, settings = self.service, self.service.settings
        if migrate_first:
            await migrate(self.engine, service.migrations)
        await ensure_topics(settings.kafka, [*service.topics_out, *service.inbound, REVOCATIONS])
        await self.executor.start()
        if service.on_start is not None:
            await service.on_start(self.executor)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, stop.set)
        tasks = [asyncio.create_task(part, name=name) for name, part in self._background()]
        server = _server(service.front(self.app), settings)
        if "api" in self.parts:
            tasks.append(asyncio.create_task(server.serve(), name="api"))
        # What stands now stands until the end: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_GARBAGE_THRESHOLD, 20, 20)
        log.info("service.started", parts=list(self.parts), port=settings.port)
        stopped = asyncio.create_task(stop.wait())
        ended, _ = await asyncio.wait({stopped, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        for task in ended - {stopped}:
            # No part ends by itself; if one does, the process must not look alive.
            log.error("service.part_ended", part=task.get_name(), exc_info=task.exception())
        self.app.state.stopping = True
        service.on_stop()
        server.should_exit = True
        for task in tasks:
            if task.get_name() != "api":
                task.cancel()
        await asyncio.wait(tasks, timeout=GRACE_SECONDS)
        await self.timers.stop()
        await self.executor.stop()
        await self.engine.dispose()
        log.info("service.stopped")
        if ended - {stopped}:
            raise SystemExit(1)

    def _background(self) -> list[tuple[str, Any]]:
        running: list[tuple[str, Any]] = []
        if "api" in self.parts:
            kafka = self.service.settings.kafka
            running.append(("revocations", follow_revocations(kafka, self.revocations.add, KEPT_SECONDS)))
            running.append(("revocations by asking", self._ask_for_revocations()))
        if "consume" in self.parts and self.service.inbound:
            running.append(("consume", self.consumer.run()))
        if "relay" in self.parts:
            running.append(("relay", self.relay.run()))
        if "timers" in self.parts:
            running.append(("timers", self.timers.run()))
            running.append(("housekeeping", self._keep_house()))
            running += [(name, chore()) for name, chore in self.service.chores(self.executor).items()]
        return running

    async def _ask_for_revocations(self) -> None:
        if self.service.revocations is not None:
            await ask_for_revocations(self.service.revocations(self.executor), self.revocations)
            return
        settings = self.service.settings
        async with make_client() as client:
            read = revocations_from(client, settings.accounts_url, settings.internal_token)
            await ask_for_revocations(read, self.revocations)

    async def _keep_house(self) -> None:
        """Once a day: make partitions for the months ahead and forget receipts that are older than we promise."""
        while True:
            with contextlib.suppress(Exception):
                await make_partitions(self.engine)
                async with self.engine.begin() as connection:
                    await connection.execute(PURGE, {"days": KEPT_DAYS})
            await asyncio.sleep(_DAY_SECONDS)


def _server(app: Any, settings: Settings) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        # Longer than any client's, so that a kept connection is never closed under a request.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=3,
    )
    server = uvicorn.Server(config)
    # The runner owns the signals: uvicorn would exit the process before the relay and the executor are done.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    return server


def main(build: Callable[[Settings], Service], arguments: Sequence[str] | None = None) -> None:
    """What every service's `__main__` calls."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["all", *PARTS, "migrate", "replay"])
    parser.add_argument("--migrate", action="store_true", help="upgrade the database first")
    parser.add_argument("--topic", help="with replay: this topic only")
    parsed = parser.parse_args(arguments)
    settings = Settings.read()
    service = build(settings)
    configure_logs(service.name, as_json=settings.log_format == "json")
    configure_traces(service.name)
    try:
        if parsed.part == "migrate":
            asyncio.run(_migrate(service))
            return
        if parsed.part == "replay":
            asyncio.run(_replay(service, parsed.topic))
            return
        parts = PARTS if parsed.part == "all" else (parsed.part,)
        with asyncio.Runner(loop_factory=_loop) as runner:
            runner.run(Process(service, parts).run(migrate_first=parsed.migrate))
    except KeyboardInterrupt:
        sys.exit(130)


def _loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


async def _replay(service: Service, topic: str | None) -> None:
    engine = make_engine(service.settings.database_url)
    await ensure_topics(service.settings.kafka, service.topics_out)
    count = await replay(engine, service.settings.kafka, service.name, topic)
    await engine.dispose()
    sys.stdout.write(f"{service.name}: {count} events published again\n")


async def _migrate(service: Service) -> None:
    engine = make_engine(service.settings.database_url)
    await migrate(engine, service.migrations)
    await engine.dispose()
