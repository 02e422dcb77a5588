"""The proxy's client against servers that listen for real: what goes over the wire, and what a failure means."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from gateway.clients.upstream import HttpUpstream
from gateway.domain.errors import AnswerLost, NotSent
from launcher.ports import free_port

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(serve: Serve) -> AsyncIterator[str]:
    """A server that does with each connection what `serve` does; gives its address."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
async def upstream() -> AsyncIterator[HttpUpstream]:
    upstream = HttpUpstream()
    yield upstream
    await upstream.close()


async def request_of(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of the next request."""
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line.split(b": ")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length: ")]
    return head, await reader.readexactly(int(lengths[0])) if lengths else b""


async def test_a_request_goes_out_as_it_is_and_nothing_is_added(upstream: HttpUpstream) -> None:
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            with contextlib.suppress(asyncio.IncompleteReadError):
                head, body = await request_of(reader)
                heads.append(head + body)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\nok"
                )
                continue
            writer.close()
            return

    async with serving(serve) as url:
        for _ in range(2):
            answer = await upstream.ask("POST", f"{url}/v1/a?b=%2F+c", [("x-one", "1"), ("x-one", "2")], b"{}")
            assert (answer.status, answer.length, await answer.read()) == (200, 2, b"ok")
            assert [value for name, value in answer.headers if name == b"x-twice"] == [b"1", b"2"]
            answer.close()
        await upstream.close()
    host = url.removeprefix("http://").encode()
    wanted = (
        b"POST /v1/a?b=%2F+c HTTP/1.1\r\nHost: " + host + b"\r\nx-one: 1\r\nx-one: 2\r\nContent-Length: 2\r\n\r\n{}"
    )
    assert heads == [wanted] * 2


async def test_what_is_packed_stays_packed_and_a_redirect_is_an_answer(upstream: HttpUpstream) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(
            b"HTTP/1.1 303 See Other\r\nLocation: http://elsewhere.invalid/\r\nContent-Encoding: gzip\r\n"
            b"Content-Length: 3\r\nConnection: close\r\n\r\n\x1f\x8b?"
        )
        writer.close()

    async with serving(serve) as url:
        answer = await upstream.ask("GET", url, [], b"")
        assert (answer.status, await answer.read()) == (303, b"\x1f\x8b?")


async def test_where_nobody_listens_nothing_was_sent(upstream: HttpUpstream) -> None:
    with pytest.raises(NotSent):
        await upstream.ask("POST", f"http://127.0.0.1:{free_port()}/", [], b"{}")


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"nonsense\r\n\r\n"])
async def test_a_connection_that_breaks_after_the_request_leaves_its_fate_open(
    upstream: HttpUpstream, said: bytes
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(said)
        writer.close()

    async with serving(serve) as url:
        with pytest.raises(AnswerLost):
            await upstream.ask("POST", url, [], b"{}")


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"])
async def test_who_does_not_answer_in_time_leaves_it_open_too(said: bytes) -> None:
    upstream, done = HttpUpstream(read_seconds=0.3), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(said)
        await done.wait()
        writer.close()

    async with serving(serve) as url:
        with pytest.raises(AnswerLost):
            await (await upstream.ask("POST", url, [], b"{}")).read()
        done.set()
        await upstream.close()


async def test_an_answer_can_be_read_as_it_comes(upstream: HttpUpstream) -> None:
    go_on = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        await go_on.wait()
        writer.write(b"1\r\nb\r\n0\r\n\r\n")
        writer.close()

    async with serving(serve) as url:
        answer = await upstream.ask("GET", url, [], b"")
        assert answer.length is None
        chunks = answer.chunks()
        assert await anext(chunks) == b"a"
        go_on.set()
        assert [chunk async for chunk in chunks] == [b"b"]
