"""The stock book in PostgreSQL: figures of locked offers, and the movements they are the fold of."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.stock import Movement, MovementKind, Stock
from catalog.storage.offers import forget
from catalog.storage.pushed import change_figures
from chassis.kernel.ids import Id

_INSERT = text(
    "insert into stock (offer_id, counted, available, held, sold, shortage, counted_at, as_of, updated_at) "
    "select offer_id, counted, available, held, sold, shortage, counted_at, as_of, :now "
    "from jsonb_populate_recordset(null::stock, :rows) order by offer_id"
).bindparams(bindparam("rows", type_=JSONB))
_APPEND = text(
    "insert into stock_movements (offer_id, kind, quantity, at, cause_id, recorded_at) "
    "select offer_id, kind, quantity, at, cause_id, :now from jsonb_populate_recordset(null::stock_movements, :rows)"
).bindparams(bindparam("rows", type_=JSONB))
_SOLD_SINCE = text(
    "select m.offer_id, sum(m.quantity)::int as units from stock_movements m "
    "join unnest(cast(:offers as uuid[]), cast(:since as timestamptz[])) as c(offer_id, since) using (offer_id) "
    "where m.kind = 'sold' and m.at >= c.since group by m.offer_id"
).bindparams(bindparam("offers", type_=ARRAY(UUID)), bindparam("since", type_=ARRAY(TIMESTAMP(timezone=True))))


class StockBook:
    """Writes for whole batches; the caller holds the locks on the rows."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def write(self, stocks: Sequence[Stock], movements: Sequence[Movement], now: datetime) -> None:
        """Insert the figures of offers that were pushed for the first time, replace the others, append the movements."""
        opened = {movement.offer_id for movement in movements if movement.kind is MovementKind.PUSHED}
        new = [_stock_row(stock) for stock in stocks if stock.offer_id in opened]
        if new:
            await self._connection.execute(_INSERT, {"rows": new, "now": now})
        if len(new) < len(stocks):
            changed = [stock for stock in stocks if stock.offer_id not in opened]
            await change_figures(self._connection, changed, now)
        if movements:
            rows = [_movement_row(movement) for movement in movements]
            await self._connection.execute(_APPEND, {"rows": rows, "now": now})
        forget(self._connection, [stock.offer_id for stock in stocks])

    async def sold_since(self, counts: Mapping[Id, datetime]) -> dict[Id, int]:
        """Units sold at or after an instant, by offer; offers without a sale are left out."""
        rows = await self._connection.execute(
            _SOLD_SINCE, {"offers": list(counts.keys()), "since": list(counts.values())}
        )
        return {row.offer_id: row.units for row in rows.all()}


def _stock_row(stock: Stock) -> dict[str, object]:
    return {
        "offer_id": str(stock.offer_id),
        "counted": stock.counted,
        "available": stock.available,
        "held": stock.held,
        "sold": stock.sold,
        "shortage": stock.shortage,
        "counted_at": stock.counted_at.isoformat(),
        "as_of": stock.as_of.isoformat(),
    }


def _movement_row(movement: Movement) -> dict[str, object]:
    return {
        "offer_id": str(movement.offer_id),
        "kind": movement.kind,
        "quantity": movement.quantity,
        "at": movement.at.isoformat(),
        "cause_id": str(movement.cause_id),
    }
