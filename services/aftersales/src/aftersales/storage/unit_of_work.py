"""The unit of work of aftersales: the chassis' one plus this service's repositories."""

from sqlalchemy.ext.asyncio import AsyncConnection

from aftersales.storage.coverages import CoverageRepository
from aftersales.storage.shipments import ShipmentCopies
from aftersales.storage.sold_lines import SoldLineCopies
from chassis.db.unit_of_work import UnitOfWork


class AftersalesUnitOfWork(UnitOfWork):
    """Everything a use case of aftersales works with, on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self.coverages = CoverageRepository(connection)
        self.shipments = ShipmentCopies(connection)
        self.sold_lines = SoldLineCopies(connection)
