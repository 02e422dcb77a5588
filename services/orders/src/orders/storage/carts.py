"""Saved carts: row ↔ cart, and the reads of their doors."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, delete, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chassis.db.engine import reading
from chassis.db.repository import Repository, rows_among
from chassis.kernel.ids import Id
from orders.domain.cart import Cart, CartContents, Look
from orders.domain.errors import CartNotFound
from orders.storage import codec
from orders.storage.codec import Row
from orders.storage.tables import carts


class CartRecords(Repository[Cart]):
    """Carts by id. Nobody but their company is told of them: they have no topic."""

    table = carts
    not_found = CartNotFound

    async def take_turn(self, buyer_id: Id) -> None:
        """Until the transaction ends, whoever else adds or names a cart of this company waits."""
        key = func.hashtextextended(f"carts/{buyer_id}", 0)
        await self._connection.execute(select(func.pg_advisory_xact_lock(key)))

    async def names(self, buyer_id: Id) -> Mapping[str, Id]:
        """The names of a company's carts."""
        rows = await self._connection.execute(select(carts.c.name, carts.c.id).where(carts.c.buyer_id == buyer_id))
        return {row.name: row.id for row in rows.all()}

    async def lock(self, id: Id) -> Cart | None:
        """The cart, locked: who orders and who saves take turns."""
        rows = await rows_among(carts.c.id, lock=True).read(self._connection, values=[id])
        return self._remember(cart_of(dict(rows[0]))) if rows else None

    async def remove(self, id: Id) -> None:
        """It is gone."""
        await self._connection.execute(delete(carts).where(carts.c.id == id))

    async def leave_with(self, order_id: Id) -> None:
        """The order's stock is held: the cart that goes with it is gone."""
        await self._connection.execute(delete(carts).where(carts.c.leaves_with == order_id))

    async def note_seen(self, cart_id: Id, seen: Look) -> None:
        """What its lines were when it was saved; that is no new version."""
        values = {"seen": codec.CART_LOOK.to_json(seen)}
        await self._connection.execute(update(carts).where(carts.c.id == cart_id).values(values))

    def to_row(self, aggregate: Cart) -> dict[str, Any]:
        """Column values."""
        contents = aggregate.contents
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "buyer_id": aggregate.buyer_id,
            "market": aggregate.market,
            "name": contents.name,
            "note": contents.note,
            "lines": codec.CART_LINES.to_json(contents.lines),
            "price_country": contents.price_country,
            "currency": contents.currency,
            "saved_at": aggregate.saved_at,
            "saved_by": aggregate.saved_by,
            "seen": aggregate.seen and codec.CART_LOOK.to_json(aggregate.seen),
            "order_id": aggregate.order_id,
            "leaves_with": aggregate.leaves_with,
        }

    def from_row(self, row: Mapping[str, Any]) -> Cart:
        """The cart of a row."""
        return cart_of(dict(row))


class CartQueries:
    """Reads on connections of their own; `buyer_id` None means: whoever it belongs to."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = reading(engine)

    async def cart(self, cart_id: Id, buyer_id: Id | None) -> Cart:
        """One cart; raises CartNotFound, also for another company's."""
        async with self._engine.connect() as connection:
            cart = await _cart(connection, cart_id)
        if cart is None or (buyer_id is not None and cart.buyer_id != buyer_id):
            raise CartNotFound(id=str(cart_id))
        return cart

    async def carts(self, buyer_id: Id | None, limit: int, after: tuple[datetime, Id] | None) -> Sequence[Cart]:
        """Those saved last come first, after the one with this time and id; one more than the limit where more follow."""
        key = tuple_(carts.c.saved_at, carts.c.id)
        statement = select(carts).order_by(carts.c.saved_at.desc(), carts.c.id.desc()).limit(limit + 1)
        if buyer_id is not None:
            statement = statement.where(carts.c.buyer_id == buyer_id)
        if after is not None:
            statement = statement.where(
                key < tuple_(literal(after[0], DateTime(timezone=True)), literal(after[1], UUID()))
            )
        async with self._engine.connect() as connection:
            return [cart_of(row) for row in (await connection.execute(statement)).mappings().all()]


async def _cart(connection: AsyncConnection, cart_id: Id) -> Cart | None:
    row = (await connection.execute(select(carts).where(carts.c.id == cart_id))).mappings().first()
    return None if row is None else cart_of(row)


def cart_of(row: Row) -> Cart:
    """The cart of a row."""
    return Cart(
        id=row["id"],
        version=row["version"],
        buyer_id=row["buyer_id"],
        market=row["market"],
        contents=CartContents(
            name=row["name"],
            lines=codec.CART_LINES.from_json(row["lines"]),
            price_country=row["price_country"],
            currency=row["currency"],
            note=row["note"],
        ),
        saved_at=row["saved_at"],
        saved_by=row["saved_by"],
        seen=codec.CART_LOOK.from_json(row["seen"]) if row["seen"] else None,
        order_id=row["order_id"],
        leaves_with=row["leaves_with"],
    )
