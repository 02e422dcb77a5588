"""The HTTP client of the proxy: bytes go through as they are, and a failure says whether anything was sent."""

from collections.abc import AsyncIterator, Sequence

import aiohttp
from yarl import URL

from gateway.domain.errors import AnswerLost, NotSent

CONNECT_SECONDS = 5.0
# Longer than the longest wait a client may ask of a service (`Prefer: wait=30`).
READ_SECONDS = 40.0
# What the library would add where the client sent nothing.
_NOT_ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class ServiceAnswer:
    """An answer whose body is still to be read; give the connection back with `close`."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers: Sequence[tuple[bytes, bytes]] = [(name.lower(), value) for name, value in response.raw_headers]

    @property
    def length(self) -> int | None:
        """Of the body in bytes, where it was announced."""
        return self._response.content_length

    async def read(self) -> bytes:
        """The whole body. Raises AnswerLost."""
        try:
            return await self._response.read()
        except (aiohttp.ClientError, OSError) as error:
            raise AnswerLost(type(error).__name__) from error

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises AnswerLost."""
        try:
            async for chunk in self._response.content.iter_any():
                yield chunk
        except (aiohttp.ClientError, OSError) as error:
            raise AnswerLost(type(error).__name__) from error

    def close(self) -> None:
        """What was read to its end leaves a connection that can be used again; anything else closes it."""
        self._response.close()


class HttpUpstream:
    """Kept connections to the services; no cookies, no redirects, nothing unpacked."""

    def __init__(self, *, connect_seconds: float = CONNECT_SECONDS, read_seconds: float = READ_SECONDS) -> None:
        self._timeout = aiohttp.ClientTimeout(
            total=None, connect=connect_seconds, sock_connect=connect_seconds, sock_read=read_seconds
        )
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> ServiceAnswer:
        """Send one request and read the head of the answer. Raises NotSent or AnswerLost."""
        if self._session is None:
            # Here, because a session belongs to the running loop.
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=_NOT_ADDED,
            )
        try:
            response = await self._session.request(
                method, URL(url, encoded=True), headers=headers, data=body or None, allow_redirects=False
            )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from error
        except (aiohttp.ClientError, OSError) as error:
            raise AnswerLost(type(error).__name__) from error
        return ServiceAnswer(response)

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
