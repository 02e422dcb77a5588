"""The sandbox clock's offset."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.storage.tables import clock


async def read_offset(tx: AsyncConnection) -> int:
    """Seconds that business time is ahead of real time."""
    return await tx.scalar(select(clock.c.offset_seconds)) or 0


async def write_offset(tx: AsyncConnection, offset_seconds: int) -> int:
    """Move the clock forward, never back, whatever else is moving it; returns the offset that holds afterwards."""
    values = {"offset_seconds": offset_seconds}
    await tx.execute(
        insert(clock)
        .values(single=True, **values)
        .on_conflict_do_update(index_elements=["single"], set_=values, where=clock.c.offset_seconds <= offset_seconds)
    )
    return await read_offset(tx)
