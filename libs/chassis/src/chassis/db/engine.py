"""Opens the connection pool with the settings every service shares."""

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def make_engine(url: str, *, pool_size: int = 8) -> AsyncEngine:
    """An asyncpg pool. A lock is waited for 5 s at most: longer means that a rival is stuck, and the caller is told."""
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=4,
        pool_pre_ping=True,
        # A logged database error must not print the names and account numbers that were bound to the statement.
        hide_parameters=True,
        connect_args={"server_settings": {"lock_timeout": "5000", "application_name": "regrade", "timezone": "UTC"}},
    )
