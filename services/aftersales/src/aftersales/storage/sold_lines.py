"""Copies of the lines of seller orders: what each offer promised."""

from collections.abc import Hashable, Iterable, Sequence

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.ext.asyncio import AsyncConnection

from aftersales.domain.warranty import SoldLine
from aftersales.storage import tables
from chassis.db.rows import InsertRows
from chassis.db.session import session_of, write_now_or_later
from chassis.kernel.ids import Id

# Until the end of the transaction. There may be no row yet that could be locked.
_ALONE = text(
    "select pg_advisory_xact_lock(hashtextextended(id, 0)) "
    "from (select id from unnest(cast(:ids as text[])) as u(id) order by id) as ordered"
).bindparams(bindparam("ids", type_=ARRAY(TEXT)))


class SoldLineCopies:
    """Asking and adding take the same lock, so that of two rivals the second one sees what the first one did."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, seller_order_id: Id) -> Sequence[SoldLine]:
        """The lines in order; empty while orders has not told them."""
        await self._be_alone(seller_order_id)
        table = tables.seller_order_lines
        rows = await self._connection.execute(
            select(table.c.line_no, table.c.warranty_months, table.c.ship_from, table.c.category, table.c.grade)
            .where(table.c.seller_order_id == seller_order_id)
            .order_by(table.c.line_no)
        )
        return [
            SoldLine(row.line_no, row.warranty_months, row.ship_from, row.category, row.grade) for row in rows.all()
        ]

    async def add(self, seller_order_id: Id, lines: Sequence[SoldLine]) -> None:
        """Keep them; those that are there stay as they are."""
        await self._be_alone(seller_order_id)
        rows = [
            {
                "seller_order_id": seller_order_id,
                "line_no": line.line_no,
                "warranty_months": line.warranty_months,
                "ship_from": line.ship_from,
                "category": line.category,
                "grade": line.grade,
            }
            for line in lines
        ]
        for row in rows:
            await write_now_or_later(self._connection, InsertRows(tables.seller_order_lines, once=True), row)

    async def _be_alone(self, seller_order_id: Id) -> None:
        session = session_of(self._connection)
        if session is None or not session.recall(_alone_with(seller_order_id), False):
            await be_alone(self._connection, [seller_order_id])


async def be_alone(connection: AsyncConnection, seller_order_ids: Iterable[Id]) -> None:
    """Take the locks in one statement, in one order for everybody."""
    ids = sorted(set(seller_order_ids))
    await connection.execute(_ALONE, {"ids": [str(id) for id in ids]})
    session = session_of(connection)
    if session is not None:
        for id in ids:
            session.remember(_alone_with(id), True)


def _alone_with(seller_order_id: Id) -> Hashable:
    return "alone with", seller_order_id
