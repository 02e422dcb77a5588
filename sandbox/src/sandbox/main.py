"""Composition root: the sandbox as one ASGI application with its mail server and background work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from sandbox.api import bank, card_page, carrier, clock, faults, home, mailbox, vies, webhooks
from sandbox.api.problems import add_problem_handlers
from sandbox.api.psp.router import router as psp
from sandbox.delivery.loop import background_work
from sandbox.settings import Settings
from sandbox.smtp.server import smtp_server
from sandbox.storage.clock import read_offset
from sandbox.storage.database import make_tables, open_database
from sandbox.storage.faults import list_faults
from sandbox.world import World


def make_app(settings: Settings, webhook_transport: httpx.AsyncBaseTransport | None = None) -> FastAPI:
    """The application; its lifespan opens the database, the mail server and the background work.

    `webhook_transport` lets a test receive webhooks in its own process.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        world: World = app.state.world
        try:
            await make_tables(world.engine)
            async with world.engine.connect() as tx:
                world.show_time(await read_offset(tx))
                world.told_to_fail.update(fault.name for fault in await list_faults(tx))
            async with smtp_server(world), background_work(world, webhook_transport):
                yield
        finally:
            await world.engine.dispose()

    app = FastAPI(
        title="Regrade sandbox",
        summary="The world outside, for development and tests: payment provider, bank, carrier, VIES, mailbox.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
    )
    app.state.world = World(settings, open_database(settings.database_url))
    add_problem_handlers(app)
    for part in (home, bank, card_page, carrier, vies, clock, faults, webhooks, mailbox):
        app.include_router(part.router)
    app.include_router(psp)
    return app
