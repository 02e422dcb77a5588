"""Move business time forward."""

from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.errors import ClockMovesOnlyForward
from sandbox.storage.clock import write_offset


async def move_clock(offset_seconds: int, tx: AsyncConnection) -> int:
    """Returns the offset that now holds. Raises ClockMovesOnlyForward."""
    held = await write_offset(tx, offset_seconds)
    if held > offset_seconds:
        raise ClockMovesOnlyForward(f"The offset is already {held} s.", offset_seconds=held)
    return held
