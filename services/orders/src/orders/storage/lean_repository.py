"""A repository that never writes again what never changes: lines and addresses are written once."""

from typing import ClassVar

from sqlalchemy import update

from chassis.db.repository import A, Repository
from chassis.kernel.errors import StaleVersion


class LeanRepository(Repository[A]):
    """`frozen` names the columns that are only ever inserted; PostgreSQL then leaves their stored bytes alone."""

    frozen: ClassVar[frozenset[str]] = frozenset()

    async def save(self, aggregate: A) -> None:
        """Compare and set on the version that was loaded, else `StaleVersion`."""
        values = {name: value for name, value in self.to_row(aggregate).items() if name not in self.frozen}
        done = await self._connection.execute(
            update(self.table)
            .where(self.table.c.id == aggregate.id, self.table.c.version == self._loaded[aggregate.id])
            .values(values)
        )
        if done.rowcount != 1:
            raise StaleVersion(id=str(aggregate.id))
        self._remember(aggregate)
