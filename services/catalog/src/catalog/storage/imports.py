"""Imports in PostgreSQL: the aggregate, and the parts whose results are stored with their effect."""

import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT

from catalog.domain.amounts import DecimalMark
from catalog.domain.errors import LineProblem
from catalog.domain.push import LineStatus
from catalog.domain.stock_import import (
    UNFINISHED,
    ColumnRead,
    ImportMode,
    ImportState,
    Offline,
    Reading,
    StockImport,
)
from catalog.domain.stock_import_errors import ImportNotFound
from catalog.storage.tables_imports import import_parts, imports
from catalog.use_cases.ports_imports import ImportPart
from catalog.use_cases.push_offers import LineResult
from chassis.db.repository import Repository
from chassis.kernel.ids import Id

TAKEN_OFFLINE = "taken_offline"

_UNFINISHED = text("select id from imports where seller_id = :seller_id and state = any(:states)").bindparams(
    bindparam("states", type_=ARRAY(TEXT))
)
_NEWEST_FULL_SYNC = text(
    "select max(as_of) from imports where seller_id = :seller_id and mode = 'full_sync' and state = 'done' and not dry_run"
)
_IS_OPEN = text("select settled_at is null from import_parts where import_id = :id and n = :n")
_SETTLE = text(
    "update import_parts set results = :results, counts = :counts, problems = :problems, settled_at = :now "
    "where import_id = :id and n = :n"
).bindparams(bindparam("counts", type_=JSONB), bindparam("problems", type_=JSONB))
_NAMED = "with named as (select distinct unnest(sku_keys) as sku_key from import_parts where import_id = :id) "
_UNNAMED = "not exists (select from named where named.sku_key = o.sku_key) and st.as_of <= :as_of"
_OFFLINE = text(
    f"{_NAMED} select count(*) as live, count(*) filter (where {_UNNAMED}) as going from offers o "
    "join stock st on st.offer_id = o.id where o.seller_id = :seller_id and not o.paused and st.available > 0"
)
_NEXT_UNNAMED = text(
    f"{_NAMED} select o.sku from offers o join stock st on st.offer_id = o.id "
    f"where o.seller_id = :seller_id and st.counted > 0 and {_UNNAMED} order by o.sku_key limit :limit"
)
_COUNTS = text(
    "select key, sum(value::int)::int as lines from import_parts, jsonb_each_text(counts) where import_id = :id group by key"
)
_FORGET = text("update import_parts set packed = null, results = null, sku_keys = '{}' where import_id = :id")


class ImportRepository(Repository[StockImport]):
    """One row an import, one row a part."""

    table = imports
    not_found = ImportNotFound

    def to_row(self, aggregate: StockImport) -> dict[str, Any]:
        """Column values of the aggregate."""
        row = {name: getattr(aggregate, name) for name in _PLAIN}
        offline = aggregate.offline
        row |= {"state": str(aggregate.state), "mode": str(aggregate.mode), "reading": asdict(aggregate.reading)}
        return row | {"live": offline and offline.live, "going": offline and offline.going}

    def from_row(self, row: Mapping[str, Any]) -> StockImport:
        """The aggregate of a row."""
        return import_of(row)

    async def add(self, new: StockImport, parts: Sequence[ImportPart] = ()) -> None:  # type: ignore[override]
        """A file comes with all its parts."""
        await super().add(new)
        if parts:
            rows = [
                {"import_id": new.id, "of_file": True, **part._asdict(), "sku_keys": list(part.sku_keys)}
                for part in parts
            ]
            await self._connection.execute(insert(import_parts), rows)

    async def locked(self, id: Id) -> StockImport:
        """The import, locked until the commit; raises ImportNotFound."""
        found = await self._connection.execute(select(imports).where(imports.c.id == id).with_for_update())
        row = found.mappings().one_or_none()
        if row is None:
            raise ImportNotFound(id=str(id))
        return self._remember(import_of(row))

    async def unfinished_of(self, seller_id: Id) -> Id | None:
        """The seller's import that has not ended."""
        states = [str(state) for state in UNFINISHED]
        found: Id | None = await self._scalar(_UNFINISHED, seller_id=seller_id, states=states)
        return found

    async def newest_full_sync(self, seller_id: Id) -> datetime | None:
        """The instant of the seller's newest full sync that changed something."""
        found: datetime | None = await self._scalar(_NEWEST_FULL_SYNC, seller_id=seller_id)
        return found

    async def is_open(self, id: Id, n: int) -> bool:
        """Whether the part still waits. The import's row is locked, so that nobody settles it meanwhile."""
        return bool(await self._scalar(_IS_OPEN, id=id, n=n))

    async def settle(self, id: Id, n: int, results: Sequence[LineResult], now: datetime) -> None:
        """Store what became of a part's lines."""
        counts = Counter(str(one.status) for one in results)
        await self._connection.execute(_SETTLE, {"id": id, "n": n, "now": now, **_settled(results, counts)})

    async def settle_sweep(self, id: Id, n: int, results: Sequence[LineResult], now: datetime) -> None:
        """Store what became of offers that the file does not name; they are not counted as lines."""
        gone = sum(one.status is LineStatus.UPDATED for one in results)
        row = {"import_id": id, "n": n, "of_file": False, "rows": 0, "sku_keys": [], "settled_at": now}
        await self._connection.execute(insert(import_parts), [row | _settled(results, Counter({TAKEN_OFFLINE: gone}))])

    async def offline(self, one: StockImport) -> Offline:
        """How many offers are on sale, and how many of them the file does not name and nothing newer has counted."""
        row = (
            await self._connection.execute(_OFFLINE, {"id": one.id, "seller_id": one.seller_id, "as_of": one.as_of})
        ).one()
        return Offline(row.live, row.going)

    async def unnamed(self, one: StockImport, limit: int) -> list[str]:
        """SKUs with stock that the file does not name and nothing newer has counted, in order."""
        rows = await self._connection.execute(
            _NEXT_UNNAMED, {"id": one.id, "seller_id": one.seller_id, "as_of": one.as_of, "limit": limit}
        )
        return [row.sku for row in rows.all()]

    async def counts(self, id: Id) -> Mapping[str, int]:
        """Lines by verdict, and how many offers were taken offline."""
        return {row.key: row.lines for row in (await self._connection.execute(_COUNTS, {"id": id})).all()}

    async def forget_lines(self, id: Id) -> None:
        """Delete the lines and their results; the figures stay."""
        await self._connection.execute(_FORGET, {"id": id})

    async def _scalar(self, statement: Any, **values: Any) -> Any:
        return (await self._connection.execute(statement, values)).scalar_one_or_none()


_PLAIN = (
    "id", "version", "seller_id", "dry_run", "confirm_prices", "as_of", "sha256", "rows", "parts", "received_at",
    "confirmed_offline", "ended_at", "reason",
)  # fmt: skip


def import_of(row: Mapping[str, Any] | RowMapping) -> StockImport:
    """The import in a row of its table."""
    stored = row["reading"]
    mark = stored["decimal_mark"]
    reading = Reading(
        **stored
        | {
            "decimal_mark": DecimalMark(mark) if mark else None,
            "columns": tuple(ColumnRead(**column) for column in stored["columns"]),
        }
    )
    return StockImport(
        **{name: row[name] for name in _PLAIN},
        state=ImportState(row["state"]),
        mode=ImportMode(row["mode"]),
        reading=reading,
        offline=None if row["going"] is None else Offline(row["live"], row["going"]),
    )


def _settled(results: Sequence[LineResult], counts: Counter[str]) -> dict[str, Any]:
    problems = Counter(one.problem.code for one in results if one.problem)
    return {"results": pack_results(results), "counts": dict(counts), "problems": dict(problems)}


def pack_results(results: Sequence[LineResult]) -> bytes:
    """Verdicts as compressed JSON, by position."""
    rows = [
        [
            one.line,
            one.sku,
            str(one.status),
            one.offer_id and str(one.offer_id),
            one.available,
            one.shortage,
            one.problem and [one.problem.code, one.problem.title, one.problem.detail, list(one.problem.errors)],
            one.changes,
        ]
        for one in results
    ]
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def unpack_results(packed: bytes) -> list[LineResult]:
    """What `pack_results` was given."""
    return [
        LineResult(
            line,
            sku,
            LineStatus(status),
            Id(offer_id) if offer_id else None,
            available,
            shortage,
            LineProblem(problem[0], problem[1], problem[2], tuple(problem[3])) if problem else None,
            changes,
        )
        for line, sku, status, offer_id, available, shortage, problem, changes in json.loads(zlib.decompress(packed))
    ]
