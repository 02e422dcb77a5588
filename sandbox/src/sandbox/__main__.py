"""`python -m sandbox`: HTTP and SMTP in one process."""

import logging
import os
import sys

import structlog
import uvicorn

from sandbox.settings import SandboxRefused, read_settings


def run() -> None:
    """Serve until a signal comes; exit with a sentence where the environment is wrong."""
    try:
        settings = read_settings(os.environ)
    except SandboxRefused as reason:
        sys.exit(str(reason))
    _log_as(settings.log_format)
    # Imported here, so that a refusal does not first wait for everything that is not needed to refuse.
    from sandbox.main import make_app

    # Keep-alive is longer than any client's, so that no request meets a closing connection.
    uvicorn.run(
        make_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=3,
    )


def _log_as(format: str) -> None:
    renderer = structlog.processors.JSONRenderer() if format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


if __name__ == "__main__":
    run()
