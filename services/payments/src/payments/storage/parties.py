"""Party snapshots: the newest version wins, whatever order the answers come in."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.ids import Id
from payments.domain.party import Party
from payments.storage.tables import parties


class PartyRepository:
    """One row per company."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, company_id: Id) -> Party | None:
        """The snapshot, or None."""
        row = (await self._connection.execute(select(parties).where(parties.c.company_id == company_id))).first()
        return Party(row.company_id, row.version, row.snapshot, row.fetched_at) if row else None

    async def store(self, party: Party) -> None:
        """Keep it unless a newer one is there."""
        values = {"version": party.version, "snapshot": dict(party.snapshot), "fetched_at": party.fetched_at}
        statement = insert(parties).values(company_id=party.company_id, **values)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[parties.c.company_id], set_=values, where=parties.c.version <= party.version
            )
        )
