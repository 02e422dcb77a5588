"""Sellers in PostgreSQL."""

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.seller import Seller, SellerState
from catalog.storage.tables import sellers
from chassis.kernel.ids import Id

_SAVE = text(
    "insert into sellers (id, state, markets, version) values (:id, :state, :markets, :version) "
    "on conflict (id) do update set state = excluded.state, markets = excluded.markets, version = excluded.version"
)


class SellerRepository:
    """Locks on reading, so that a seller's pushes and its suspension never cross."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def locked(self, id: Id) -> Seller | None:
        """The seller, locked until the commit."""
        row = (
            await self._connection.execute(select(sellers).where(sellers.c.id == id).with_for_update())
        ).one_or_none()
        return Seller(row.id, SellerState(row.state), tuple(row.markets), row.version) if row else None

    async def save(self, seller: Seller) -> None:
        """Insert or replace."""
        await self._connection.execute(
            _SAVE,
            {"id": seller.id, "state": seller.state, "markets": list(seller.markets), "version": seller.version},
        )
