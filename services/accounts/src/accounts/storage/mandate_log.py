"""Who signed or took back which mandate when: one row per act, never changed. It proves the signature later."""

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.mandates import MandateAct
from accounts.storage import tables
from chassis.kernel.ids import new_id


class MandateLog:
    """Append only."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def append(self, act: MandateAct) -> None:
        """Keep one act."""
        await self._connection.execute(insert(tables.mandate_acts).values(id=new_id(), **vars(act)))
