"""Whose invoicing mandate was taken back."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.ids import Id
from payments.storage.tables_mandates import invoicing_mandates as mandates


class MandateRepository:
    """One row for each seller that ever took its mandate back."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def stands(self, seller_id: Id) -> bool:
        """The row is locked, so that an invoice is not blocked while its seller signs anew and nobody sees it again."""
        statement = select(mandates.c.revoked_at).where(mandates.c.seller_id == seller_id).with_for_update(read=True)
        return (await self._connection.execute(statement)).scalar() is None

    async def revoke(self, seller_id: Id, at: datetime) -> None:
        """The first word about a revocation stays."""
        statement = insert(mandates).values(seller_id=seller_id, revoked_at=at)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[mandates.c.seller_id],
                set_={"revoked_at": at},
                where=mandates.c.revoked_at.is_(None),
            )
        )

    async def renew(self, seller_id: Id) -> bool:
        """False where it stood anyway."""
        done = await self._connection.execute(
            update(mandates)
            .where(mandates.c.seller_id == seller_id, mandates.c.revoked_at.is_not(None))
            .values(revoked_at=None)
        )
        return done.rowcount == 1
