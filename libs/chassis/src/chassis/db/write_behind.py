"""A repository for busy aggregates: many commands of one transaction share one read and one write per table."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.repository import A, Repository, rows_among
from chassis.db.rows import InsertRows, SaveRows
from chassis.db.session import Session, session_of
from chassis.kernel.ids import Id

_UNKNOWN = object()


class WriteBehindRepository(Repository[A]):
    """`frozen` names the columns that are only ever inserted; PostgreSQL then leaves their stored bytes alone.

    Columns hold no bytes. On a bare connection it reads and writes at once, like every repository.
    """

    frozen: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self._session = session_of(connection)

    async def find(self, id: Id) -> A | None:
        """The aggregate as this transaction sees it, or None."""
        known = self._recall(id)
        if known is not _UNKNOWN:
            return self._known(known)
        found = await super().find(id)
        self._keep(id, found, locked=False)
        return found

    async def lock(self, id: Id) -> A | None:
        """The aggregate as it is now; nobody else changes it until the transaction ends."""
        known = self._recall(id, locked=True)
        if known is not _UNKNOWN:
            return self._known(known)
        rows = await rows_among(self.table.c.id, lock=True).read(self._connection, values=[id])
        found = self._remember(self.from_row(dict(rows[0]))) if rows else None
        self._keep(id, found, locked=True)
        return found

    async def add(self, *aggregates: A) -> None:
        """Insert new aggregates, with those of the commands beside this one."""
        rows = [self.to_row(aggregate) for aggregate in aggregates]
        if self._session is None:
            if rows:
                await InsertRows(self.table)(self._connection, rows)
        else:
            for row in rows:
                self._session.later(InsertRows(self.table), row)
        for aggregate in aggregates:
            self._keep(aggregate.id, self._remember(aggregate), locked=True)

    async def save(self, aggregate: A) -> None:
        """Compare and set on the version that was loaded; `StaleVersion` comes at the latest before the commit."""
        row = {name: value for name, value in self.to_row(aggregate).items() if name not in self.frozen}
        item = (self._loaded[aggregate.id], {"id": aggregate.id, **row})
        if self._session is None:
            await SaveRows(self.table)(self._connection, [item])
        else:
            self._session.later(SaveRows(self.table), item)
        self._keep(
            aggregate.id, self._remember(aggregate), locked=self._recall(aggregate.id, locked=True) is not _UNKNOWN
        )

    def _known(self, known: Any) -> A | None:
        return None if known is None else self._remember(known)

    def _recall(self, id: Id, *, locked: bool = False) -> Any:
        if self._session is None:
            return _UNKNOWN
        aggregate, is_locked = self._session.recall((self.table.name, id), (_UNKNOWN, False))
        return aggregate if is_locked or not locked else _UNKNOWN

    def _keep(self, id: Id, aggregate: A | None, *, locked: bool) -> None:
        if self._session is not None:
            self._session.remember((self.table.name, id), (aggregate, locked))


async def read_ahead(
    session: Session, repository: WriteBehindRepository[Any], ids: Iterable[Id], *, lock: bool
) -> Sequence[Any]:
    """Read aggregates for the commands that follow, in one statement and, where locked, in id order."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    table = repository.table
    rows = await rows_among(table.c.id, lock=lock).read(session, values=wanted)
    found = {row["id"]: repository.from_row(dict(row)) for row in rows}
    for id in wanted:
        session.remember((table.name, id), (found.get(id), lock))
    return list(found.values())
