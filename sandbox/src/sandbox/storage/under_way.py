"""What has left but not arrived: whoever moves the test clock waits until there is none."""

from datetime import datetime

from sqlalchemy import Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.storage.card_payments import lapsed
from sandbox.storage.tables import card_captures, card_payments, outgoings, webhooks


async def count_under_way(connection: AsyncConnection, now: datetime) -> int:
    """Webhooks neither delivered nor given up, outgoings not settled, and what of the cards is due at `now` (business)."""
    counts = (
        _count(webhooks).where(webhooks.c.delivered_at.is_(None), webhooks.c.given_up_at.is_(None)),
        _count(outgoings).where(outgoings.c.status == "created"),
        _count(card_captures).where(card_captures.c.status == "captured", card_captures.c.settle_at <= now),
        _count(card_payments).where(lapsed(now)),
    )
    row = (await connection.execute(select(*(count.scalar_subquery() for count in counts)))).one()
    return sum(row)


def _count(table: Table) -> Select[int]:
    return select(func.count()).select_from(table)
