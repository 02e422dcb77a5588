"""The one place where an HTTP client is made, so that the library behind it can be swapped in one line."""

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport


def make_client(*, timeout_seconds: float = 5.0) -> httpx.AsyncClient:
    """An httpx client on aiohttp's transport (measured: several times the throughput), never following redirects."""
    return httpx.AsyncClient(transport=AiohttpTransport(), timeout=timeout_seconds, follow_redirects=False)


def was_not_sent(error: httpx.HTTPError) -> bool:
    """True only where no connection came about, so that nothing can have changed on the other side.

    The transport calls a connection that broke in the middle of a request a ConnectTimeout too: only what it was made of
    tells the two apart.
    """
    if isinstance(error, httpx.PoolTimeout):
        return True
    if error.__cause__ is None:
        return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
    return isinstance(error.__cause__, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
