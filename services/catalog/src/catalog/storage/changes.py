"""The log of changes, read so that nothing is lost: a transaction is told of when no earlier one can still commit."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from catalog.storage.reader import Reader
from catalog.storage.search import OFFERS_ON_SALE
from catalog.storage.term_columns import offer_view
from catalog.use_cases.ports import OfferView
from catalog.use_cases.ports_changes import ChangePage, FeedPosition, OfferChange
from chassis.kernel.ids import Id

# A reader that comes back later than this starts anew.
KEPT = timedelta(days=30)

# A number is given to a transaction when it begins to write, and it commits when it likes: reading up to the highest number
# seen would miss what commits late. Below the oldest one that is still open here, nothing can appear any more. Numbers are the
# whole server's: only what a client has open in this database counts. What was open in the snapshot and is no more when the
# sessions are looked at has ended, and the next statement sees what it wrote. (Prepared transactions are not used.)
_NOW = """
with now as materialized (select pg_current_snapshot() as seen)
select coalesce(
    (
        select min(open::text::bigint) from pg_snapshot_xip(seen) open
        where open::xid = any (array(
            select backend_xid from pg_stat_activity
            where backend_xid is not null and datname = current_database() and backend_type <> 'autovacuum worker'
        ))
    ),
    pg_snapshot_xmax(seen)::text::bigint
) as ending, pg_snapshot_xmax(seen)::text::bigint as next, clock_timestamp() as at
from now
"""
_ROWS = """
select xid, n, offers from offer_changes
where (xid, n) >= ($1::bigint, $2::bigint) and xid < $3::bigint and markets @> array[$4::text] order by xid, n limit $5
"""
# A log that was restored from a dump may bear numbers that this server has not given yet: what it tells is no news.
_FORGET = """
delete from offer_changes
where at < clock_timestamp() - $1::interval or xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""


class ChangeLog:
    """One page is three short reads; an offer that changes between them is told of again."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def page(self, market: str, price_country: str, after: FeedPosition | None, limit: int) -> ChangePage | None:
        """See the port."""
        async with self._reader.lend() as driver:
            now = await driver.fetchrow(_NOW)
            end = FeedPosition(now["ending"], 0, 0)
            if after is None:
                return ChangePage((), end, False, now["at"])
            if after.xid > now["next"]:
                # A number this server has not given yet: a place in the log of another one.
                return None
            rows = await driver.fetch(_ROWS, after.xid, after.row, end.xid, market, limit + 1)
            ids, position = _first(rows, after, limit)
            more = position is not None
            views = await self._views(driver, ids, market, price_country)
        changes = [OfferChange(id, views.get(id)) for id in ids]
        return ChangePage(changes, position or max(end, after), more, now["at"])

    async def _views(self, driver: Any, ids: Sequence[Id], market: str, price_country: str) -> dict[Id, OfferView]:
        rows = await driver.fetch(OFFERS_ON_SALE, ids, market, price_country) if ids else []
        return {row["id"]: offer_view(row, price_country) for row in rows}


async def forget_old(driver: Any) -> None:
    """Drop what no reader may ask for any more."""
    await driver.execute(_FORGET, KEPT)


def _first(rows: Sequence[Any], after: FeedPosition, limit: int) -> tuple[list[Id], FeedPosition | None]:
    """The first `limit` offers behind the position, each once, and where they end if that is not the end of the log."""
    ids: dict[Id, None] = {}
    last = None
    for xid, n, offers in rows:
        begun = after.offset if (xid, n) == (after.xid, after.row) else 0
        for offset, id in enumerate(offers[begun:], start=begun + 1):
            if len(ids) == limit and id not in ids:
                return list(ids), last
            ids[id] = None
            last = FeedPosition(xid, n, offset)
    # As many rows as were asked for may name few offers, again and again: then there are more rows.
    return list(ids), last if len(rows) > limit else None
