"""The application factory: what every service's HTTP door has in common."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from chassis.web import problems
from chassis.web.body_limit import BodyLimit

BODY_MAX_BYTES = 1024 * 1024
_QUIET = {"/metrics", "/livez", "/readyz"}

Lifespan = Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]
Check = Callable[[], Awaitable[None]]


def make_app(
    *,
    title: str,
    description: str,
    routers: Sequence[APIRouter],
    lifespan: Lifespan | None = None,
    checks: Sequence[Check] = (),
    body_max_bytes: int = BODY_MAX_BYTES,
    large_bodies: Mapping[str, int] = MappingProxyType({}),
) -> FastAPI:
    """An application with problem documents, probes and metrics. `checks` say whether it can do its work right now."""
    app = FastAPI(
        title=title,
        description=description,
        version="1",
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
        docs_url=None,
        redoc_url=None,
        # A redirect would name this process, which a client behind the edge cannot reach.
        redirect_slashes=False,
        telemetry={"operation_spans": False, "exclude": lambda scope: scope["path"] in _QUIET},
    )
    app.state.stopping = False
    problems.install(app)
    app.add_middleware(BodyLimit, max_bytes=body_max_bytes, by_path=large_bodies)
    for router in routers:
        app.include_router(router)

    @app.get("/livez", include_in_schema=False)
    async def livez() -> Response:
        return Response("ok\n", media_type="text/plain")

    @app.get("/readyz", include_in_schema=False)
    async def readyz(request: Request) -> Response:
        if request.app.state.stopping:
            return JSONResponse({"ready": False, "reason": "stopping"}, 503)
        try:
            async with asyncio.timeout(1.0):
                for check in checks:
                    await check()
        except Exception as error:
            return JSONResponse({"ready": False, "reason": type(error).__name__}, 503)
        return JSONResponse({"ready": True})

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return app


def database_check(engine: Any) -> Check:
    """Ready only while the database answers."""

    async def check() -> None:
        async with engine.connect() as connection:
            await connection.execute(text("select 1"))

    return check
