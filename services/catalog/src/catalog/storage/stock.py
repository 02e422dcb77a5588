"""The stock book in PostgreSQL: figures of locked offers, and the movements they are the fold of."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.offer import StockedOffer
from catalog.domain.stock import Movement, MovementKind, Stock
from catalog.storage.offers import forget
from catalog.storage.push_writes import AppendMovements, ChangeFigures, OpenStock
from catalog.storage.pushed import note_figures
from chassis.db.session import write_now_or_later
from chassis.kernel.ids import Id

_SOLD_SINCE = text(
    "select m.offer_id, sum(case m.kind when 'sold' then m.quantity else -m.quantity end)::int as units "
    "from stock_movements m "
    "join unnest(cast(:offers as uuid[]), cast(:since as timestamptz[])) as c(offer_id, since) using (offer_id) "
    "where m.kind in ('sold', 'returned') and m.at >= c.since group by m.offer_id"
).bindparams(bindparam("offers", type_=ARRAY(UUID)), bindparam("since", type_=ARRAY(TIMESTAMP(timezone=True))))


class StockBook:
    """Writes for whole batches; the caller holds the locks on the rows."""

    def __init__(self, connection: AsyncConnection, read: Mapping[Id, StockedOffer]) -> None:
        self._connection = connection
        self._read = read

    async def write(self, stocks: Sequence[Stock], movements: Sequence[Movement], now: datetime) -> None:
        """Insert the figures of offers that were pushed for the first time, replace the others, append the movements."""
        opened = {movement.offer_id for movement in movements if movement.kind is MovementKind.PUSHED}
        new = [stock for stock in stocks if stock.offer_id in opened]
        if new:
            await write_now_or_later(self._connection, OpenStock(), (new, now))
        known = [stock for stock in stocks if stock.offer_id not in opened] if new else stocks
        if known:
            before = {id: self._read[id].stock for stock in known if (id := stock.offer_id) in self._read}
            await write_now_or_later(self._connection, ChangeFigures(), (known, before, now))
        if movements:
            await write_now_or_later(self._connection, AppendMovements(), (movements, now))
        note_figures(self._connection, stocks)
        forget(self._connection, [stock.offer_id for stock in stocks])

    async def sold_since(self, counts: Mapping[Id, datetime]) -> dict[Id, int]:
        """Units sold at or after an instant and not returned, by offer; offers without a sale are left out."""
        rows = await self._connection.execute(
            _SOLD_SINCE, {"offers": list(counts.keys()), "since": list(counts.values())}
        )
        return {row.offer_id: row.units for row in rows.all()}
