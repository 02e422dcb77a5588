"""Held orders, kept so that a payment can open later than its hold."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.rows import InsertRows
from chassis.db.session import write_now_or_later
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.payment import HeldOrder
from payments.storage.tables import held_orders, payments


class HeldOrderRepository:
    """One row per order, written once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def store(self, order: HeldOrder, held_at: datetime) -> None:
        """Keep the first word about an order."""
        values = {
            "order_id": order.order_id,
            "number": order.number,
            "buyer_id": order.buyer_id,
            "market": order.market,
            "policy_version": order.policy_version,
            "currency": order.amount.currency,
            "amount_minor": order.amount.minor,
            "held_at": held_at,
        }
        await write_now_or_later(self._connection, InsertRows(held_orders, once=True), values)

    async def find(self, order_id: Id) -> HeldOrder | None:
        """The order, or None."""
        statement = select(held_orders).where(held_orders.c.order_id == order_id)
        row = (await self._connection.execute(statement)).first()
        return _order(row) if row else None

    async def waiting_of(self, buyer_id: Id, currency: str) -> list[HeldOrder]:
        """Orders of a buyer that have no payment yet."""
        statement = (
            select(held_orders)
            .where(
                held_orders.c.buyer_id == buyer_id,
                held_orders.c.currency == currency,
                ~exists().where(payments.c.order_id == held_orders.c.order_id),
            )
            .order_by(held_orders.c.held_at, held_orders.c.order_id)
        )
        return [_order(row) for row in (await self._connection.execute(statement)).all()]


def _order(row: Row[Any]) -> HeldOrder:
    return HeldOrder(
        row.order_id, row.number, row.buyer_id, row.market, row.policy_version, Money(row.amount_minor, row.currency)
    )
