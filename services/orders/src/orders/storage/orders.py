"""Orders: row ↔ aggregate, numbers, and what a buyer holds unpaid."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from chassis.kernel.ids import Id
from orders.domain.errors import OrderNotFound
from orders.domain.hold import Hold
from orders.domain.money import Totals
from orders.domain.order import HOLDING, Order, OrderState
from orders.storage import codec
from orders.storage.codec import Row
from orders.storage.lean_repository import LeanRepository
from orders.storage.tables import order_number, orders
from orders.use_cases.ports import OpenHolds


class OrderRepository(LeanRepository[Order]):
    """Orders by id."""

    table = orders
    not_found = OrderNotFound
    frozen = frozenset(
        {
            "id",
            "number",
            "buyer_id",
            "market",
            "policy_version",
            "price_country",
            "currency",
            "lines",
            "deliver_to",
            "buyer_reference",
            "units",
            "placed_at",
        }
    )

    async def lock(self, id: Id) -> Order | None:
        """The order as it is now; nobody else changes it or its parts until the transaction ends."""
        statement = select(orders).where(orders.c.id == id).with_for_update()
        row = (await self._connection.execute(statement)).mappings().first()
        return None if row is None else self._remember(order_of(row))

    async def next_number(self) -> int:
        """The next order number."""
        number: int = (await self._connection.execute(select(order_number.next_value()))).scalar_one()
        return number

    async def open_holds(self, buyer_id: Id, currency: str, *, besides: Id | None = None) -> OpenHolds:
        """Units in any currency and value in this one, over all orders whose stock nobody has paid for."""
        mine = select(
            func.coalesce(func.sum(orders.c.units), 0),
            func.coalesce(func.sum(orders.c.gross_minor).filter(orders.c.currency == currency), 0),
        ).where(orders.c.buyer_id == buyer_id, orders.c.state.in_([str(state) for state in HOLDING]))
        if besides is not None:
            mine = mine.where(orders.c.id != besides)
        units, value = (await self._connection.execute(mine)).one()
        return OpenHolds(int(units), int(value))

    def to_row(self, aggregate: Order) -> dict[str, Any]:
        """Column values."""
        totals, hold, refusal = aggregate.totals, aggregate.hold, aggregate.refusal
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "number": aggregate.number,
            "buyer_id": aggregate.buyer_id,
            "market": aggregate.market,
            "policy_version": aggregate.policy_version,
            "price_country": aggregate.price_country,
            "currency": aggregate.currency,
            "lines": codec.ORDER_LINES.to_json(aggregate.lines),
            "deliver_to": codec.DELIVER_TO.to_json(aggregate.deliver_to),
            "buyer_reference": aggregate.buyer_reference,
            "units": aggregate.units,
            "state": str(aggregate.state),
            "placed_at": aggregate.placed_at,
            "updated_at": aggregate.updated_at,
            "net_minor": totals and totals.net,
            "vat_minor": totals and totals.vat,
            "rounding_minor": totals and totals.rounding,
            "gross_minor": totals and totals.gross,
            "hold_until": hold and hold.until,
            "hold_acts_at": hold and hold.acts_at,
            "hold_calendar": hold and hold.calendar_version,
            "hold_reminders": hold and codec.REMINDERS.to_json(hold.reminders),
            "refusal": refusal and codec.REFUSAL.to_json(refusal),
            "received_minor": aggregate.received,
            "payment_id": aggregate.payment_id,
            "secured_at": aggregate.secured_at,
        }

    def from_row(self, row: Mapping[str, Any]) -> Order:
        """The order of a row."""
        return order_of(dict(row))


def order_of(row: Row) -> Order:
    """The order of a row."""
    return Order(
        id=row["id"],
        version=row["version"],
        number=row["number"],
        buyer_id=row["buyer_id"],
        market=row["market"],
        policy_version=row["policy_version"],
        price_country=row["price_country"],
        currency=row["currency"],
        lines=codec.ORDER_LINES.from_json(row["lines"]),
        deliver_to=codec.DELIVER_TO.from_json(row["deliver_to"]),
        state=OrderState(row["state"]),
        placed_at=row["placed_at"],
        updated_at=row["updated_at"],
        buyer_reference=row["buyer_reference"],
        totals=totals_of(row),
        hold=_hold_of(row),
        refusal=codec.REFUSAL.from_json(row["refusal"]) if row["refusal"] else None,
        received=row["received_minor"],
        payment_id=row["payment_id"],
        secured_at=row["secured_at"],
    )


def totals_of(row: Row) -> Totals | None:
    """The four columns of totals, all or none of them set."""
    if row["gross_minor"] is None:
        return None
    return Totals(row["net_minor"], row["vat_minor"], row["rounding_minor"], row["gross_minor"])


def _hold_of(row: Row) -> Hold | None:
    if row["hold_until"] is None:
        return None
    reminders = codec.REMINDERS.from_json(row["hold_reminders"])
    return Hold(row["hold_until"], row["hold_acts_at"], row["hold_calendar"], reminders)
