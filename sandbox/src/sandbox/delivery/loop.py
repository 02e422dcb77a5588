"""One loop for the background work: woken after a commit, and looking by itself five times a second."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import structlog

from sandbox.delivery.sender import WebhookSender
from sandbox.storage.due import any_due
from sandbox.use_cases.end_card_payments import finish_cards
from sandbox.use_cases.finish_outgoings import finish_outgoings
from sandbox.world import World

log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS = 0.2


@asynccontextmanager
async def background_work(world: World, transport: httpx.AsyncBaseTransport | None) -> AsyncIterator[None]:
    """Settle and send while the context is open."""
    timeout = world.settings.webhook_timeout_seconds
    async with httpx.AsyncClient(transport=transport, timeout=timeout) as client:
        sender = WebhookSender(world, client)
        running = asyncio.create_task(_run(world, sender))
        try:
            yield
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await sender.stop()


async def _run(world: World, sender: WebhookSender) -> None:
    while True:
        world.bell.clear()
        try:
            busy = await _work_once(world, sender)
        except Exception:
            # The database may be restarting; nothing is lost, because everything due is still in its tables.
            log.exception("background_work_failed")
            busy = False
        if not busy:
            await _rest(world.bell)


async def _work_once(world: World, sender: WebhookSender) -> bool:
    async with world.statements.connect() as connection:
        if not await any_due(connection, world.now()):
            return False
    async with world.engine.begin() as tx:
        finished = await finish_outgoings(tx, world.now())
    async with world.engine.begin() as tx:
        finished += await finish_cards(tx, world.now())
    return finished + await sender.start_due() > 0


async def _rest(bell: asyncio.Event) -> None:
    # Not wait_for: on Python 3.11 it swallows a cancellation that comes together with the bell.
    with suppress(TimeoutError):
        async with asyncio.timeout(_LOOK_EVERY_SECONDS):
            await bell.wait()
