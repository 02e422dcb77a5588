"""Opens the connection pool with the settings every service shares."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def make_engine(url: str, *, pool_size: int = 8, lock_seconds: int = 5) -> AsyncEngine:
    """An asyncpg pool. A lock is waited for 5 s at most: longer means that a rival is stuck, and the caller is told."""
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=4,
        # A logged database error must not print the names and account numbers that were bound to the statement.
        hide_parameters=True,
        connect_args={
            "server_settings": {"lock_timeout": f"{lock_seconds}s", "application_name": "regrade", "timezone": "UTC"}
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Any, record: Any, proxy: Any) -> None:
    """The pool then opens another one. Asking the driver costs nothing; a ping would cost a round trip each time."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def reading(engine: AsyncEngine) -> AsyncEngine:
    """The same pool for reads of one statement each: no BEGIN before and no ROLLBACK after it."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")
