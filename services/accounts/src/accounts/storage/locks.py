"""Locks by name: rivals wait for each other until their transactions end."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection


async def wait_in_line(connection: AsyncConnection, what: str) -> None:
    """Go on once nobody else holds the lock of this name."""
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(what))))
