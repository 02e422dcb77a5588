"""The limit on request bodies, with a problem document where it is passed (the framework's own answers in plain text)."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.web.problems import Problem


class BodyLimit:
    """Counts what is received, so that a missing or lying Content-Length changes nothing."""

    def __init__(self, app: ASGIApp, max_bytes: int, by_path: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._by_path = by_path or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a counting `receive`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        received = 0
        max_bytes = self._by_path.get(scope["path"], self._max_bytes)

        async def counting() -> Message:
            nonlocal received
            if announced.isdigit() and int(announced) > max_bytes:
                raise _too_large(max_bytes)
            message = await receive()
            received += len(message.get("body", b""))
            if received > max_bytes:
                raise _too_large(max_bytes)
            return message

        await self._app(scope, counting, send)


def _too_large(max_bytes: int) -> Problem:
    return Problem(413, "body_too_large", "The request body is too large", max_bytes=max_bytes)
