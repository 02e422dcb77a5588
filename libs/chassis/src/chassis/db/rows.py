"""Rows of a table in one statement, however many: inserted, or updated if they are still as they were read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db import direct
from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id

# Deadlines and receipts come after every row of the service's own; facts last of all.
RANK_OF_SHARED_TABLES = 10_000


def as_json(rows: Sequence[Any]) -> str:
    """Rows as `jsonb_populate_recordset` reads them: instants, ids and decimals as text."""
    return json.dumps(rows, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> str:
    return value.hex if isinstance(value, Id) else str(value)


@dataclass(frozen=True)
class InsertRows:
    """Inserts; an item is a dict of column values (no bytes). With `once`, a row that is there already stays as it is."""

    table: Table
    once: bool = False

    @property
    def rank(self) -> int:
        return _rank(self.table)

    async def __call__(self, connection: AsyncConnection, items: Sequence[dict[str, Any]]) -> None:
        statement = _insert(self.table, tuple(items[0]), self.once)
        await direct.change(connection, statement, as_json(items))


@dataclass(frozen=True)
class SaveRows:
    """Compare and set; an item is (the version that was read, a dict of column values with `id`), else StaleVersion."""

    table: Table

    @property
    def rank(self) -> int:
        return _rank(self.table)

    async def __call__(self, connection: AsyncConnection, items: Sequence[tuple[int, dict[str, Any]]]) -> None:
        read: dict[Id, int] = {}
        last: dict[Id, dict[str, Any]] = {}
        for version, row in items:
            read.setdefault(row["id"], version)
            last[row["id"]] = row
        statement = _update(self.table, tuple(items[0][1]))
        saved = await direct.change(
            connection, statement, as_json(list(last.values())), list(read), list(read.values())
        )
        if saved != len(last):
            raise StaleVersion(table=self.table.name)


@cache
def _rank(table: Table) -> int:
    # Inserts and updates of a table share a rank; which of them comes first follows from the use cases.
    return 1 + table.metadata.sorted_tables.index(table)


@cache
def _insert(table: Table, columns: tuple[str, ...], once: bool) -> str:
    names = ", ".join(columns)
    return (
        f"insert into {table.name} ({names}) select {names} "
        f"from jsonb_populate_recordset(null::{table.name}, $1::jsonb)" + (" on conflict do nothing" if once else "")
    )


@cache
def _update(table: Table, columns: tuple[str, ...]) -> str:
    values = ", ".join(f"{name} = v.{name}" for name in columns if name != "id")
    return (
        f"update {table.name} t set {values} "
        f"from jsonb_populate_recordset(null::{table.name}, $1::jsonb) v, "
        "unnest($2::uuid[], $3::integer[]) as l(id, version) "
        "where t.id = v.id and l.id = v.id and t.version = l.version"
    )
