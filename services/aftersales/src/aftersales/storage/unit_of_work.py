"""The unit of work of aftersales: the chassis' one plus this service's repositories."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from aftersales.storage.cases import CaseRepository
from aftersales.storage.coverages import CoverageRepository
from aftersales.storage.personal_data import PERSONAL_DATA
from aftersales.storage.sellers import SellerRecords
from aftersales.storage.shipments import ShipmentCopies
from aftersales.storage.sold_lines import SoldLineCopies
from chassis.db.unit_of_work import UnitOfWork
from chassis.kernel.ids import Id

_LOCK = text("select pg_advisory_xact_lock(:key)")


class AftersalesUnitOfWork(UnitOfWork):
    """Everything a use case of aftersales works with, on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self.personal_data = PERSONAL_DATA
        self.cases = CaseRepository(connection)
        self.coverages = CoverageRepository(connection)
        self.shipments = ShipmentCopies(connection)
        self.sold_lines = SoldLineCopies(connection)
        self.sellers = SellerRecords(connection)

    async def lock(self, key: Id) -> None:
        """An advisory lock until the transaction ends; 63 bits of the id tell keys apart well enough."""
        await self.connection.execute(_LOCK, {"key": key.int & 0x7FFF_FFFF_FFFF_FFFF})
