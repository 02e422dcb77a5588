"""The repository every aggregate gets: row ↔ frozen dataclass, saved only if nobody else saved it in between."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from sqlalchemy import Column, ColumnElement, Table, any_, bindparam, insert, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.direct import Query
from chassis.kernel.errors import NotFound, StaleVersion
from chassis.kernel.ids import Id


def among(column: Column[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """The column's value is one of these. However many they are, it is the same statement, prepared once."""
    return column == any_(literal(list(values), ARRAY(column.type)))


@cache
def rows_among(column: Column[Any], *, lock: bool = False) -> Query:
    """Whole rows, in id order, where the column is one of `values`. Building a statement costs more than running it."""
    one_of_these = any_(bindparam("values", type_=ARRAY(column.type)))
    statement = select(column.table).where(column == one_of_these).order_by(column.table.c.id)
    return Query(statement.with_for_update() if lock else statement)


class Aggregate(Protocol):
    """What can be kept: it has an id and a version that rises by one with every event."""

    @property
    def id(self) -> Id: ...

    @property
    def version(self) -> int: ...


A = TypeVar("A", bound=Aggregate)


class Repository(Generic[A]):
    """Subclasses name the `table` (columns `id` and `version` among them), the error, and the two mappings."""

    table: ClassVar[Table]
    not_found: ClassVar[type[NotFound]] = NotFound

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._loaded: dict[Id, int] = {}

    def to_row(self, aggregate: A) -> dict[str, Any]:
        """Column values of the aggregate."""
        raise NotImplementedError

    def from_row(self, row: Mapping[str, Any]) -> A:
        """The aggregate of a row."""
        raise NotImplementedError

    async def get(self, id: Id) -> A:
        """The aggregate, or the repository's `not_found`."""
        found = await self.find(id)
        if found is None:
            raise self.not_found(id=str(id))
        return found

    async def find(self, id: Id) -> A | None:
        """The aggregate, or None."""
        found = await self.get_many([id])
        return found[0] if found else None

    async def get_many(self, ids: Sequence[Id]) -> list[A]:
        """Those that exist, in id order, in one query."""
        return await self.having(self.table.c.id, ids)

    async def having(self, column: Column[Any], values: Iterable[Any]) -> list[A]:
        """All aggregates whose column is one of the values, in id order."""
        rows = await rows_among(column).read(self._connection, values=list(values))
        return [self._remember(self.from_row(dict(row))) for row in rows]

    async def where(self, *conditions: ColumnElement[bool], limit: int | None = None) -> list[A]:
        """All aggregates that fit, in id order; each may be saved afterwards."""
        statement = select(self.table).where(*conditions).order_by(self.table.c.id).limit(limit)
        rows = (await self._connection.execute(statement)).mappings().all()
        return [self._remember(self.from_row(dict(row))) for row in rows]

    async def add(self, *aggregates: A) -> None:
        """Insert new aggregates in one statement."""
        if not aggregates:
            return
        await self._connection.execute(insert(self.table), [self.to_row(aggregate) for aggregate in aggregates])
        for aggregate in aggregates:
            self._remember(aggregate)

    async def save(self, aggregate: A) -> None:
        """Compare and set: write if the stored version is still the one that was loaded, else `StaleVersion`."""
        row = self.to_row(aggregate)
        row.pop("id")
        done = await self._connection.execute(
            update(self.table)
            .where(self.table.c.id == aggregate.id, self.table.c.version == self._loaded[aggregate.id])
            .values(row)
        )
        if done.rowcount != 1:
            raise StaleVersion(id=str(aggregate.id))
        self._remember(aggregate)

    async def save_all(self, aggregates: Iterable[A]) -> None:
        """Save each, in id order, so that two transactions never wait for each other in a circle."""
        for aggregate in sorted(aggregates, key=lambda one: one.id):
            await self.save(aggregate)

    def _remember(self, aggregate: A) -> A:
        self._loaded[aggregate.id] = aggregate.version
        return aggregate
