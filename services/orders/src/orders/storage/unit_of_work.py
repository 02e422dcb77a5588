"""The unit of work of orders: everything a use case may touch, on one connection."""

from collections.abc import Callable
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.session import session_of
from chassis.db.unit_of_work import UnitOfWork
from chassis.kernel.ids import Id
from orders.storage.carts import CartRecords
from orders.storage.orders import OrderRepository
from orders.storage.personal_data import PERSONAL_DATA
from orders.storage.purchasing import PurchasingRecords
from orders.storage.records import (
    CarrierMessageRecords,
    HistoryRecords,
    PaperRecords,
    PartyRecords,
    PendingHoldRecords,
)
from orders.storage.seller_orders import SellerOrderRepository
from orders.storage.shipments import ShipmentRepository
from orders.storage.trust import TrustRecords
from orders.storage.units import UnitRecords
from orders.use_cases.ports import Rules

Ring = Callable[[Id], None]


class OrdersUnitOfWork(UnitOfWork):
    """`ring` wakes the request that waits for an order; it is heard right after the commit."""

    def __init__(self, connection: AsyncConnection, rules: Rules, ring: Ring) -> None:
        super().__init__(connection)
        self.personal_data = PERSONAL_DATA
        self.rules = rules
        self._ring = ring
        self.orders = OrderRepository(connection)
        self.seller_orders = SellerOrderRepository(connection)
        self.shipments = ShipmentRepository(connection)
        self.units = UnitRecords(connection)
        self.history = HistoryRecords(connection)
        self.parties = PartyRecords(connection)
        self.purchasing = PurchasingRecords(connection)
        self.trust = TrustRecords(connection)
        self.carts = CartRecords(connection)
        self.pending_holds = PendingHoldRecords(connection)
        self.papers = PaperRecords(connection)
        self.carrier_messages = CarrierMessageRecords(connection)

    def ring(self, order_id: Id) -> None:
        """Wake whoever waits for this order."""
        session = session_of(self.connection)
        if session is None:
            self._ring(order_id)
        else:
            session.after_commit(partial(self._ring, order_id))
