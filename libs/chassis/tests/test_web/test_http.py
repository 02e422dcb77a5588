"""What a failed call says about the other side: whether the request can have reached it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from chassis.web.http import make_client, was_not_sent

Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def listening(peer: Peer) -> AsyncIterator[str]:
    server = await asyncio.start_server(peer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def failure_of(url: str) -> httpx.HTTPError:
    async with make_client(timeout_seconds=0.5) as client:
        with pytest.raises(httpx.HTTPError) as failure:
            await client.post(url, content=b"pay")
    return failure.value


async def test_nobody_listens_so_nothing_was_sent() -> None:
    async with listening(hang_up) as url:
        pass
    assert was_not_sent(await failure_of(url))


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"pay")
    writer.close()


async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"pay")
    writer.transport.abort()


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@pytest.mark.parametrize("peer", [hang_up, break_off, say_nothing])
async def test_a_peer_that_dies_with_the_request_in_hand_may_have_acted(peer: Peer) -> None:
    async with listening(peer) as url:
        assert not was_not_sent(await failure_of(url))
