"""Copies of the lines of seller orders: what each offer promised."""

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from aftersales.domain.warranty import SoldLine
from aftersales.storage import tables
from chassis.kernel.ids import Id

# Until the end of the transaction. There may be no row yet that could be locked.
_ALONE = text("select pg_advisory_xact_lock(hashtextextended(:seller_order_id, 0))")


class SoldLineCopies:
    """Asking and adding take the same lock, so that of two rivals the second one sees what the first one did."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, seller_order_id: Id) -> Sequence[SoldLine]:
        """The lines in order; empty while orders has not told them."""
        await self._be_alone(seller_order_id)
        table = tables.seller_order_lines
        rows = await self._connection.execute(
            select(table.c.line_no, table.c.warranty_months, table.c.ship_from)
            .where(table.c.seller_order_id == seller_order_id)
            .order_by(table.c.line_no)
        )
        return [SoldLine(row.line_no, row.warranty_months, row.ship_from) for row in rows.all()]

    async def add(self, seller_order_id: Id, lines: Sequence[SoldLine]) -> None:
        """Keep them; those that are there stay as they are."""
        await self._be_alone(seller_order_id)
        rows = [
            {
                "seller_order_id": seller_order_id,
                "line_no": line.line_no,
                "warranty_months": line.warranty_months,
                "ship_from": line.ship_from,
            }
            for line in lines
        ]
        await self._connection.execute(insert(tables.seller_order_lines).on_conflict_do_nothing(), rows)

    async def _be_alone(self, seller_order_id: Id) -> None:
        await self._connection.execute(_ALONE, {"seller_order_id": str(seller_order_id)})
