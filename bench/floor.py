"""The least a web application can be: a plain ASGI answer, and FastAPI with asyncpg on one row. Run by uvicorn."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from pydantic import BaseModel

_TINY = b'{"id":"0190a0b0-0000-7000-8000-000000000000","available":7}'


class Row(BaseModel):
    """What one row is answered as."""

    id: int
    available: int


@asynccontextmanager
async def _pool(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["BENCH_DSN"], min_size=8, max_size=8) as pool:
        app.state.pool = pool
        yield


one_row = FastAPI(lifespan=_pool)


@one_row.get("/rows/{row_id}")
async def read_row(row_id: int, request: Request) -> Row:
    """One row by its primary key."""
    found = await request.app.state.pool.fetchrow("select id, available from bench_offers where id = $1", row_id)
    return Row(**found)


@one_row.patch("/rows/{row_id}")
async def write_row(row_id: int, request: Request) -> Row:
    """One row changed and committed."""
    found = await request.app.state.pool.fetchrow(
        "update bench_offers set available = available - 1 where id = $1 returning id, available", row_id
    )
    return Row(**found)


async def tiny(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
    send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
) -> None:
    """A constant JSON answer to whatever is asked."""
    assert scope["type"] == "http"
    await receive()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_TINY)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _TINY})
