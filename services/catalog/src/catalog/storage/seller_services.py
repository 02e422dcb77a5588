"""How sellers serve their orders, in PostgreSQL, and the records that are counted from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.seller_record import window_of
from catalog.use_cases.ports_buy_box import ServiceNote
from chassis.db.rows import as_json
from chassis.db.session import write_now_or_later
from chassis.kernel.ids import Id

_NOTE = text(
    "insert into seller_services as s select * from jsonb_populate_recordset(null::seller_services, cast(:rows as jsonb)) "
    "on conflict (seller_order_id) do update set seller_id = coalesce(s.seller_id, excluded.seller_id), "
    "ship_by = greatest(s.ship_by, excluded.ship_by), shipped_at = coalesce(s.shipped_at, excluded.shipped_at), "
    "claims = s.claims + excluded.claims, excused = s.excused or excluded.excused"
)
# A seller whose last order left the window has a record of nothing; one that never had an order has none.
_COUNT = text(
    """
    with counted as (
        select seller_id, count(*) as due, count(*) filter (where shipped_at is null or shipped_at > ship_by) as late,
            count(*) filter (where claims > 0) as claimed
        from seller_services where ship_by >= :since and ship_by < :until and seller_id is not null and not excused
        group by seller_id
    ),
    found as (
        select seller_id, coalesce(c.due, 0) as due, coalesce(c.late, 0) as late, coalesce(c.claimed, 0) as claimed
        from counted c full join seller_records r using (seller_id)
    ),
    written as (
        insert into seller_records as r select seller_id, :day, due, late, claimed from found
        on conflict (seller_id) do update
        set day = excluded.day, due = excluded.due, late = excluded.late, claimed = excluded.claimed
        where (r.due, r.late, r.claimed) is distinct from (excluded.due, excluded.late, excluded.claimed)
        returning seller_id
    ),
    marked as (
        insert into buy_box_marks (product_ids) select array_agg(product_id) from (
            select product_id, (row_number() over (order by product_id) - 1) / 200 as part
            from (select distinct product_id from offers where seller_id in (select seller_id from written)) products
        ) parts group by part
    )
    select count(*) from written
    """
)


class ServiceBook:
    """Facts of many orders go out in one statement."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def note(self, note: ServiceNote) -> None:
        """Add what is newly known."""
        await write_now_or_later(self._connection, _WriteNotes(), note)

    async def count(self, day: date) -> int:
        """Count every seller's record for this day: how many are other ones than before."""
        since, until = window_of(day)
        counted = await self._connection.execute(_COUNT, {"day": day, "since": since, "until": until})
        changed: int = counted.scalar_one()
        return changed


@dataclass(frozen=True)
class _WriteNotes:
    rank: int = 30

    async def __call__(self, connection: AsyncConnection, items: Sequence[ServiceNote]) -> None:
        # A statement may touch a row once.
        merged: dict[Id, ServiceNote] = {}
        for note in items:
            merged[note.seller_order_id] = _together(merged.get(note.seller_order_id), note)
        rows: list[dict[str, Any]] = [merged[id]._asdict() for id in sorted(merged)]
        await connection.execute(_NOTE, {"rows": as_json(rows)})


def _together(first: ServiceNote | None, then: ServiceNote) -> ServiceNote:
    if first is None:
        return then
    return ServiceNote(
        first.seller_order_id,
        first.seller_id or then.seller_id,
        max((by for by in (first.ship_by, then.ship_by) if by), default=None),
        first.shipped_at or then.shipped_at,
        first.claims + then.claims,
        first.excused or then.excused,
    )
