"""The one place where an HTTP client is made, so that the library behind it can be swapped in one line."""

import httpx
from httpx_aiohttp import AiohttpTransport


def make_client(*, timeout_seconds: float = 5.0) -> httpx.AsyncClient:
    """An httpx client on aiohttp's transport (measured: several times the throughput), never following redirects."""
    return httpx.AsyncClient(transport=AiohttpTransport(), timeout=timeout_seconds, follow_redirects=False)
