"""The paid parts of a company's orders, for its spending report."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.kernel.ids import Id
from orders.domain.money import Totals
from orders.domain.spending import PaidPart

# A part that was cancelled after it was paid is refunded: it is no spending.
_PAID = text("""
select o.id, o.currency, o.cost_centre, o.placed_by, s.seller_id, s.net_minor, s.vat_minor, s.rounding_minor,
    s.gross_minor, (
        select jsonb_object_agg(category, units) from (
            select line ->> 'category' as category, sum((line ->> 'quantity')::int) as units
            from jsonb_array_elements(s.lines) line group by 1
        ) counted
    ) as units
from orders o join seller_orders s on s.order_id = o.id and s.state <> 'cancelled'
where o.buyer_id = :buyer_id and o.placed_at < :until and o.secured_at >= :since and o.secured_at < :until
""")


class SpendingReports:
    """Reads outside of any command."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def paid(self, buyer_id: Id, since: datetime, until: datetime) -> list[PaidPart]:
        """What the company bought of each seller in orders that were paid from `since` until before `until`."""
        asked = {"buyer_id": buyer_id, "since": since, "until": until}
        async with self._engine.connect() as connection:
            return [_part(row) for row in (await connection.execute(_PAID, asked)).all()]


def _part(row: Any) -> PaidPart:
    return PaidPart(
        order_id=row.id,
        seller_id=row.seller_id,
        person_id=row.placed_by,
        cost_centre=row.cost_centre,
        currency=row.currency,
        totals=Totals(row.net_minor, row.vat_minor, row.rounding_minor, row.gross_minor),
        units_by_category=row.units,
    )
