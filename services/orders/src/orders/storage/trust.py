"""What operators said about buyers."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.ids import Id
from orders.domain.trust import Trust
from orders.storage.tables import buyer_trust


class TrustRecords:
    """By company; a later word replaces the one before, and the audit log keeps both."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, id: Id) -> Trust | None:
        """The word, or None."""
        return await trust_of(self._connection, id)

    async def keep(self, trust: Trust) -> None:
        """Insert or replace."""
        said = {"tier": trust.tier, "reason": trust.reason, "changed_at": trust.changed_at}
        statement = postgresql.insert(buyer_trust).values(company_id=trust.id, **said)
        await self._connection.execute(
            statement.on_conflict_do_update(index_elements=[buyer_trust.c.company_id], set_=said)
        )


async def trust_of(connection: AsyncConnection, company_id: Id) -> Trust | None:
    """What was said about a buyer, if anything was."""
    found = await connection.execute(select(buyer_trust).where(buyer_trust.c.company_id == company_id))
    row = found.mappings().first()
    return None if row is None else Trust(row["company_id"], row["tier"], row["reason"], row["changed_at"])
