"""The read side of imports: how far they have come, and what became of their lines."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.domain.stock_import import StockImport
from catalog.domain.stock_import_errors import ImportForgotten, ImportNotFound
from catalog.storage.imports import import_of, unpack_results
from catalog.use_cases.ports_imports import ImportView
from catalog.use_cases.push_offers import LineResult
from chassis.kernel.ids import Id

_PROGRESS = """
    coalesce((select sum(p.rows) from import_parts p where p.import_id = i.id and p.settled_at is not null), 0)::int
        as lines_done,
    (select count(*) from import_parts p where p.import_id = i.id and p.of_file and p.settled_at is not null)::int
        as parts_done,
    coalesce((select jsonb_object_agg(key, lines) from (select key, sum(value::int) as lines from import_parts p,
        jsonb_each_text(p.counts) where p.import_id = i.id group by key) c), '{}') as counts,
    coalesce((select jsonb_object_agg(key, lines) from (select key, sum(value::int) as lines from import_parts p,
        jsonb_each_text(p.problems) where p.import_id = i.id group by key) c), '{}') as problems,
    not exists (select from import_parts p where p.import_id = i.id and p.of_file and p.packed is null) as lines_kept
"""
_READ = {"reading": JSONB, "counts": JSONB, "problems": JSONB}
_ONE = text(f"select i.*, {_PROGRESS} from imports i where i.id = :id and i.seller_id = :seller_id").columns(**_READ)
_OF_SELLER = text(
    f"select i.*, {_PROGRESS} from imports i where i.seller_id = :seller_id "
    "and (cast(:before as uuid) is null or i.id < :before) order by i.id desc limit :limit"
).columns(**_READ)
_BY_ID = text("select * from imports where id = :id").columns(reading=JSONB)
_NEXT_PART = text("select n, packed from import_parts where import_id = :id and settled_at is null order by n limit 1")
_LAST_PART = text("select coalesce(max(n), 0) as n from import_parts where import_id = :id")
_FIRST_PART = text("select packed from import_parts where import_id = :id and n = 1 and of_file")
_SETTLED_PART = text(
    "select n, of_file, packed, results from import_parts where import_id = :id and n > :after and settled_at is not null "
    "order by n limit 1"
)


class ImportQueries:
    """Each call is a short read on a connection of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def one(self, seller_id: Id, id: Id) -> ImportView:
        """An import of this seller; raises ImportNotFound."""
        rows = await self._rows(_ONE, id=id, seller_id=seller_id)
        if not rows:
            raise ImportNotFound(id=str(id))
        return _view(rows[0])

    async def of_seller(self, seller_id: Id, limit: int, before: Id | None) -> list[ImportView]:
        """Newest first."""
        return [_view(row) for row in await self._rows(_OF_SELLER, seller_id=seller_id, limit=limit, before=before)]

    async def by_id(self, id: Id) -> StockImport:
        """Any import; for the errand."""
        rows = await self._rows(_BY_ID, id=id)
        if not rows:
            raise ImportNotFound(id=str(id))
        return import_of(rows[0])

    async def next_part(self, id: Id) -> tuple[int, bytes] | None:
        """The first part that waits, packed; None when all have their results."""
        rows = await self._rows(_NEXT_PART, id=id)
        return (rows[0]["n"], rows[0]["packed"]) if rows else None

    async def parts_of(self, id: Id) -> int:
        """The number of the last part, those of offers that the file does not name included."""
        (row,) = await self._rows(_LAST_PART, id=id)
        last: int = row["n"]
        return last

    async def first_rows(self, id: Id) -> bytes | None:
        """The first part, packed, if it is still kept."""
        rows = await self._rows(_FIRST_PART, id=id)
        return rows[0]["packed"] if rows else None

    async def settled_parts(self, id: Id) -> AsyncIterator[tuple[bytes | None, Sequence[LineResult]]]:
        """Rows and results, one part in memory at a time; raises ImportForgotten."""
        after = 0
        while rows := await self._rows(_SETTLED_PART, id=id, after=after):
            (row,) = rows
            if row["results"] is None:
                raise ImportForgotten()
            after = row["n"]
            yield row["packed"] if row["of_file"] else None, unpack_results(row["results"])

    async def _rows(self, statement: Any, **values: Any) -> Sequence[Mapping[str, Any]]:
        async with self._engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(statement, values)).mappings().all()]


def _view(row: Mapping[str, Any]) -> ImportView:
    return ImportView(
        import_of(row), row["lines_done"], row["parts_done"], row["counts"], row["problems"], row["lines_kept"]
    )
