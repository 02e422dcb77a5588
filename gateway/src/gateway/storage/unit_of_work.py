"""The gateway's unit of work."""

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.unit_of_work import UnitOfWork
from gateway.storage.advances import AdvanceRepository
from gateway.storage.deliveries import DeliveryRepository


class GatewayUnitOfWork(UnitOfWork):
    """Everything one use case of the gateway may touch."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self.advances = AdvanceRepository(connection)
        self.deliveries = DeliveryRepository(connection)
