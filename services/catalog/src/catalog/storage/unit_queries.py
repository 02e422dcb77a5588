"""Reads of passports: a seller's own, and whoever's holds the code of one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from catalog.domain.unit import UnitChange, UnitState
from catalog.storage.tables import offers, products
from catalog.storage.tables_units import units
from catalog.storage.units import unit_in
from catalog.use_cases.ports_units import UnitCheck, UnitView
from chassis.kernel.ids import Id

_HISTORY = text("select what, at, version, changes from unit_history where unit_id = :id order by version")


class UnitQueries:
    """See the port."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def of_seller(
        self,
        seller_id: Id,
        sku: str | None,
        state: UnitState | None,
        number: str | None,
        updated_since: datetime | None,
        limit: int,
        after: tuple[datetime, Id] | None,
    ) -> list[UnitView]:
        """A seller's passports by the time of their last change."""
        statement = _views().where(units.c.seller_id == seller_id).order_by(units.c.updated_at, units.c.id)
        if sku is not None:
            statement = statement.where(offers.c.sku_key == sku.casefold())
        if state is not None:
            statement = statement.where(units.c.state == state.value)
        if number is not None:
            statement = statement.where(units.c.number == number.strip().upper())
        if updated_since is not None:
            statement = statement.where(units.c.updated_at >= updated_since)
        if after is not None:
            statement = statement.where(tuple_(units.c.updated_at, units.c.id) > tuple_(*after))
        async with self._engine.connect() as connection:
            rows = (await connection.execute(statement.limit(limit))).mappings().all()
        return [_view(row) for row in rows]

    async def one(self, seller_id: Id, id: Id) -> UnitView | None:
        """One passport of a seller."""
        statement = _views().where(and_(units.c.id == id, units.c.seller_id == seller_id))
        async with self._engine.connect() as connection:
            row = (await connection.execute(statement)).mappings().first()
        return _view(row) if row else None

    async def history(self, id: Id) -> Sequence[UnitChange]:
        """All that happened to a device here, oldest first."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(_HISTORY, {"id": id})).all()
        return [UnitChange(one.what, one.at, one.version, one.changes) for one in rows]

    async def check(self, code: str) -> UnitCheck | None:
        """The passport behind a code."""
        async with self._engine.connect() as connection:
            row = (await connection.execute(_views().where(units.c.check_code == code))).mappings().first()
        if row is None:
            return None
        view = _view(row)
        return UnitCheck(view.unit, view.title, view.category, await self.history(view.unit.id))


def _views() -> Select[Any]:
    return (
        select(units, products.c.title, products.c.category)
        .join(offers, offers.c.id == units.c.offer_id)
        .join(products, products.c.id == offers.c.product_id)
    )


def _view(row: Any) -> UnitView:
    return UnitView(unit_in(row), row["title"], row["category"], row["created_at"], row["updated_at"])
