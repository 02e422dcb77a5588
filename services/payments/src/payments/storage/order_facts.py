"""Facts of `orders`, kept as they came."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.rows import InsertRows
from chassis.db.session import write_now_or_later
from chassis.kernel.ids import Id
from payments.domain.facts import Dispatch, OrderedParts
from payments.storage.codec import DISPATCH, ORDERED
from payments.storage.tables import claim_windows, seller_orders, shipments


class SellerOrderRepository:
    """What was ordered from each seller."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def store(self, ordered: OrderedParts) -> None:
        """The first word about a seller order stays."""
        values = {
            "seller_order_id": ordered.seller_order_id,
            "order_id": ordered.order_id,
            "seller_id": ordered.seller_id,
            "facts": ORDERED.dump(ordered),
        }
        await write_now_or_later(self._connection, InsertRows(seller_orders, once=True), values)

    async def find(self, seller_order_id: Id) -> OrderedParts | None:
        """The facts, or None."""
        statement = select(seller_orders.c.facts).where(seller_orders.c.seller_order_id == seller_order_id)
        facts = (await self._connection.execute(statement)).scalar()
        return ORDERED.load(facts) if facts else None


class ShipmentRepository:
    """What left, and whose claim windows are over."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def store(self, dispatch: Dispatch) -> None:
        """The first word about a shipment stays."""
        values = {
            "shipment_id": dispatch.shipment_id,
            "seller_order_id": dispatch.seller_order_id,
            "order_id": dispatch.order_id,
            "facts": DISPATCH.dump(dispatch),
        }
        await self._connection.execute(insert(shipments).values(values).on_conflict_do_nothing())

    async def find(self, shipment_id: Id) -> Dispatch | None:
        """The facts, or None."""
        statement = select(shipments.c.facts).where(shipments.c.shipment_id == shipment_id)
        facts = (await self._connection.execute(statement)).scalar()
        return DISPATCH.load(facts) if facts else None

    async def close_window(self, seller_order_id: Id, closed_at: datetime) -> None:
        """Remember it, also where there is nothing to release yet."""
        values = {"seller_order_id": seller_order_id, "closed_at": closed_at}
        await self._connection.execute(insert(claim_windows).values(values).on_conflict_do_nothing())

    async def window_closed_at(self, seller_order_id: Id) -> datetime | None:
        """When the claim window ended, if it has."""
        statement = select(claim_windows.c.closed_at).where(claim_windows.c.seller_order_id == seller_order_id)
        closed_at: datetime | None = (await self._connection.execute(statement)).scalar()
        return closed_at
