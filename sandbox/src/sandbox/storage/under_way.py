"""What has left but not arrived: whoever moves the test clock waits until there is none."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.storage.tables import outgoings, webhooks


async def count_under_way(connection: AsyncConnection) -> int:
    """Webhooks that are neither delivered nor given up, and outgoings that are not settled."""
    waiting = select(func.count()).select_from(webhooks)
    waiting = waiting.where(webhooks.c.delivered_at.is_(None), webhooks.c.given_up_at.is_(None))
    unsettled = select(func.count()).select_from(outgoings).where(outgoings.c.status == "created")
    both = select(waiting.scalar_subquery() + unsettled.scalar_subquery())
    return int((await connection.execute(both)).scalar_one())
