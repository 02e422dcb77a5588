"""Orders: row ↔ aggregate, numbers, and what a buyer holds unpaid."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Text,
    any_,
    bindparam,
    func,
    literal_column,
    null,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.direct import Query
from chassis.db.session import Session
from chassis.db.write_behind import WriteBehindRepository
from chassis.kernel.ids import Id
from orders.domain.approval import Spent
from orders.domain.errors import OrderNotFound
from orders.domain.hold import Hold
from orders.domain.money import Totals
from orders.domain.order import HOLDING, Order, OrderState
from orders.domain.trust import PAID_ORDERS_COUNTED
from orders.storage import codec
from orders.storage.codec import Row
from orders.storage.purchasing import remember_binding
from orders.storage.tables import buyer_trust, order_number, orders, purchasing_rules
from orders.use_cases.ports import HoldingOrder, OpenHolds


def _sum_of(whose: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(func.coalesce(orders.c.gross_minor, orders.c.quoted_minor)).filter(whose), 0)


_NUMBERS = "order numbers drawn ahead"
_DRAW = Query(
    select(order_number.next_value().label("number")).select_from(
        func.generate_series(1, bindparam("count", type_=Integer()))
    )
)
_BUYERS = any_(bindparam("buyers", type_=ARRAY(UUID())))
_HOLDS = (
    select(
        orders.c.buyer_id,
        orders.c.currency,
        func.sum(orders.c.units).label("units"),
        func.coalesce(func.sum(orders.c.gross_minor), 0).label("value"),
    )
    # The states stand in the text, as they do in the index that serves it.
    .where(orders.c.buyer_id == _BUYERS, orders.c.state.in_([literal_column(f"'{state}'") for state in HOLDING]))
    .group_by(orders.c.buyer_id, orders.c.currency)
)
_ASKED = func.unnest(bindparam("buyers", type_=ARRAY(UUID()))).table_valued("id", name="asked").render_derived()
_PAID: Select[Any] = (
    select(literal_column("1"))
    .where(orders.c.buyer_id == _ASKED.c.id, orders.c.secured_at.is_not(None))
    .limit(literal_column(str(PAID_ORDERS_COUNTED)))
    .correlate(_ASKED)
)
# One row for each buyer: what an operator granted, and how many of its orders were paid, as far as anybody counts.
_TRUST = select(
    _ASKED.c.id,
    buyer_trust.c.tier,
    select(func.count()).select_from(_PAID.subquery()).correlate(_ASKED).scalar_subquery(),
    literal_column("0"),
    null(),
    literal_column("true"),
).select_from(_ASKED.outerjoin(buyer_trust, buyer_trust.c.company_id == _ASKED.c.id))
# The purchasing rules that bind a buyer come in the same statement: who has none must not pay for being asked.
_HELD_AND_RULES = Query(
    select(
        union_all(
            _HOLDS.add_columns(null().cast(JSONB).label("rules"), literal_column("false").label("is_trust")),
            _TRUST,
            select(
                purchasing_rules.c.company_id,
                null(),
                literal_column("0"),
                literal_column("0"),
                purchasing_rules.c.rules,
                literal_column("false"),
            ).where(purchasing_rules.c.company_id == _BUYERS, purchasing_rules.c.binds),
        ).subquery()
    )
)
_HOLDING = Query(
    select(orders.c.id, orders.c.number, orders.c.units, orders.c.hold_until)
    .where(orders.c.buyer_id == _BUYERS, orders.c.state.in_([literal_column(f"'{state}'") for state in HOLDING]))
    .order_by(orders.c.placed_at, orders.c.id)
    .limit(bindparam("limit", type_=Integer()))
)
_NAME_LINES = text("update orders set lines = :lines, units = :units where id = :id").bindparams(
    bindparam("id", type_=UUID()), bindparam("lines", type_=JSONB())
)
_SPENT_NOTHING = [
    str(state)
    for state in (
        OrderState.REFUSED,
        OrderState.CANCELLED_BY_BUYER,
        OrderState.AUTO_CANCELLED,
        OrderState.CANCELLED_EXCEPTION,
    )
]
_SPENT = select(
    # An order that waits for an approval counts with what it was weighed at.
    _sum_of(orders.c.placed_by == bindparam("placed_by", type_=UUID())),
    _sum_of(orders.c.cost_centre == bindparam("cost_centre", type_=Text())),
).where(
    orders.c.buyer_id == bindparam("buyer_id", type_=UUID()),
    orders.c.currency == bindparam("currency", type_=Text()),
    orders.c.placed_at >= bindparam("since", type_=DateTime(timezone=True)),
    orders.c.placed_at < bindparam("until", type_=DateTime(timezone=True)),
    orders.c.state.not_in(_SPENT_NOTHING),
    orders.c.id != bindparam("order_id", type_=UUID()),
)


class OrderRepository(WriteBehindRepository[Order]):
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
            "placed_by",
            "cost_centre",
            "award_id",
            "notes",
            "trust_tier",
            "cart_id",
            "cart_version",
        }
    )

    async def name_lines(self, order: Order) -> None:
        """The lines of an order that was made of an award; the caller holds the lock on it."""
        values = {"id": order.id, "lines": codec.ORDER_LINES.to_json(order.lines), "units": order.units}
        await self._connection.execute(_NAME_LINES, values)

    async def next_number(self) -> int:
        """The next order number."""
        if self._session is not None and (ahead := self._session.recall(_NUMBERS, None)):
            number: int = ahead.pop()
            return number
        (number,) = await numbers(self._connection, 1)
        return number

    async def open_holds(self, buyer_id: Id, currency: str, *, besides: Id | None = None) -> OpenHolds:
        """Units in any currency and value in this one, over all orders whose stock nobody has paid for."""
        held = await self._held(buyer_id)
        if besides is not None:
            left_out = await self.get(besides)
            held = held.changed_by(left_out, None)
        return held.of(currency)

    async def holding(self, buyer_id: Id, limit: int) -> list[HoldingOrder]:
        """The orders whose stock nobody has paid for, oldest first."""
        return await holding_of(self._connection, buyer_id, limit)

    async def take_turn_to_spend(self, buyer_id: Id) -> None:
        """Until the transaction ends, whoever else weighs an order of this buyer against its limits waits."""
        key = func.hashtextextended(f"spending/{buyer_id}", 0)
        await self._connection.execute(select(func.pg_advisory_xact_lock(key)))

    async def spent(self, order: Order, month: tuple[datetime, datetime]) -> Spent:
        """What its person and its cost centre have spent besides it, from the first instant until before the second."""
        since, until = month
        values = {
            "placed_by": order.placed_by,
            "cost_centre": order.cost_centre,
            "buyer_id": order.buyer_id,
            "currency": order.currency,
            "since": since,
            "until": until,
            "order_id": order.id,
        }
        by_person, by_cost_centre = (await self._connection.execute(_SPENT, values)).one()
        return Spent(int(by_person), int(by_cost_centre))

    async def add(self, *aggregates: Order) -> None:
        """Insert; what their buyers hold grows."""
        for order in aggregates:
            self._count(None, order)
        await super().add(*aggregates)

    async def save(self, aggregate: Order) -> None:
        """Compare and set; what its buyer holds follows."""
        before = self._recall(aggregate.id)
        self._count(before if isinstance(before, Order) else None, aggregate, known=isinstance(before, Order))
        await super().save(aggregate)

    async def _held(self, buyer_id: Id) -> "Held":
        if self._session is not None:
            known: Held | None = self._session.recall(_held_by(buyer_id), None)
            if known is not None:
                return known
        held = (await held_by(self._connection, [buyer_id]))[buyer_id]
        if self._session is not None:
            self._session.remember(_held_by(buyer_id), held)
        return held

    def _count(self, before: Order | None, after: Order, *, known: bool = True) -> None:
        if self._session is None:
            return
        key = _held_by(after.buyer_id)
        held: Held | None = self._session.recall(key, None)
        if held is not None:
            self._session.remember(key, held.changed_by(before, after) if known else None)

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
            "capture": aggregate.capture,
            "placed_by": aggregate.placed_by,
            "cost_centre": aggregate.cost_centre,
            "quoted_minor": aggregate.estimated,
            "award_id": aggregate.award_id,
            "trust_tier": aggregate.trust_tier,
            "cart_id": aggregate.cart_id,
            "cart_version": aggregate.cart_version,
            "notes": aggregate.notes and codec.NOTES.to_json(aggregate.notes),
            "approval": aggregate.approval and codec.APPROVAL.to_json(aggregate.approval),
        }

    def from_row(self, row: Mapping[str, Any]) -> Order:
        """The order of a row."""
        return order_of(dict(row))


@dataclass(frozen=True)
class Held:
    """What a buyer holds unpaid: units, and value by currency. And what it is trusted for."""

    units: int
    values: Mapping[str, int]
    paid_orders: int = 0
    granted_tier: str | None = None

    def of(self, currency: str) -> OpenHolds:
        """The value in one currency."""
        return OpenHolds(self.units, self.values.get(currency, 0), self.paid_orders, self.granted_tier)

    def with_group(self, currency: str, units: int, value: int) -> "Held":
        """With what the database counted in one currency."""
        return replace(self, units=self.units + int(units), values={**self.values, currency: int(value)})

    def changed_by(self, before: Order | None, after: Order | None) -> "Held":
        """After an order came, went on or went."""
        units, values = self.units, dict(self.values)
        for sign, order in ((-1, before), (1, after)):
            if order is not None and order.state in HOLDING:
                units += sign * order.units
                value = order.totals.gross if order.totals else 0
                values[order.currency] = values.get(order.currency, 0) + sign * value
        return replace(self, units=units, values=values)


def _held_by(buyer_id: Id) -> Hashable:
    return "held", buyer_id


async def held_by(connection: AsyncConnection, buyer_ids: Iterable[Id]) -> dict[Id, Held]:
    """What each of these buyers holds, in one statement."""
    return (await _held_and_rules(connection, buyer_ids))[0]


async def holding_of(connection: AsyncConnection, buyer_id: Id, limit: int) -> list[HoldingOrder]:
    """The orders that hold a buyer's unpaid stock, oldest first."""
    rows = await _HOLDING.read(connection, buyers=[buyer_id], limit=limit)
    return [HoldingOrder(row["id"], row["number"], row["units"], row["hold_until"]) for row in rows]


async def _held_and_rules(connection: AsyncConnection, buyer_ids: Iterable[Id]) -> tuple[dict[Id, Held], dict[Id, Any]]:
    wanted = set(buyer_ids)
    found = {buyer_id: Held(0, {}) for buyer_id in wanted}
    rules: dict[Id, Any] = {}
    for row in await _HELD_AND_RULES.read(connection, buyers=list(wanted)):
        buyer_id = row["buyer_id"]
        held = found[buyer_id]
        if row["is_trust"]:
            # The column of currencies is that of tiers here.
            found[buyer_id] = replace(held, paid_orders=int(row["units"]), granted_tier=row["currency"])
        elif row["rules"] is None:
            found[buyer_id] = held.with_group(row["currency"], row["units"], row["value"])
        else:
            rules[buyer_id] = row["rules"]
    return found, rules


async def numbers(connection: AsyncConnection, count: int) -> list[int]:
    """The next order numbers."""
    return [row["number"] for row in await _DRAW.read(connection, count=count)]


async def read_holds_ahead(session: Session, buyer_ids: Iterable[Id]) -> None:
    """For commands that will ask what their buyers hold, and which rules of their own bind them."""
    found, rules = await _held_and_rules(session, buyer_ids)
    for buyer_id, held in found.items():
        session.remember(_held_by(buyer_id), held)
        remember_binding(session, buyer_id, rules.get(buyer_id))


async def draw_numbers_ahead(session: Session, count: int) -> None:
    """For commands that will ask for a number each; lowest last, for they are taken from the end."""
    session.remember(_NUMBERS, sorted(await numbers(session, count), reverse=True))


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
        capture=row["capture"],
        placed_by=row["placed_by"],
        cost_centre=row["cost_centre"],
        estimated=row["quoted_minor"],
        award_id=row["award_id"],
        approval=codec.APPROVAL.from_json(row["approval"]) if row["approval"] else None,
        notes=codec.NOTES.from_json(row["notes"]) if row["notes"] else None,
        trust_tier=row["trust_tier"],
        cart_id=row["cart_id"],
        cart_version=row["cart_version"],
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
