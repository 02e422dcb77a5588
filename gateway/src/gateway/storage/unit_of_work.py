"""The gateway's unit of work."""

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.unit_of_work import UnitOfWork
from gateway.storage.advances import AdvanceRepository
from gateway.storage.deliveries import DeliveryRepository
from gateway.storage.personal_data import PERSONAL_DATA


class GatewayUnitOfWork(UnitOfWork):
    """Everything one use case of the gateway may touch."""

    def __init__(self, connection: AsyncConnection) -> None:
        super().__init__(connection)
        self.personal_data = PERSONAL_DATA
        self.advances = AdvanceRepository(connection)
        self.deliveries = DeliveryRepository(connection)
