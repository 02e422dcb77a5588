"""Sellers in PostgreSQL."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.seller import Seller, SellerState
from chassis.db.rows import as_json
from chassis.db.session import Session, session_of, write_now_or_later
from chassis.kernel.ids import Id

_LOCK = text(
    "select id, state, markets, version, ship_from from sellers where id = any(:ids) order by id for update"
).bindparams(bindparam("ids", type_=ARRAY(UUID)))
_SAVE = text(
    "insert into sellers (id, state, markets, version, ship_from) select id, state, markets, version, ship_from "
    "from jsonb_populate_recordset(null::sellers, cast(:rows as jsonb)) "
    "on conflict (id) do update set state = excluded.state, markets = excluded.markets, version = excluded.version, "
    "ship_from = excluded.ship_from"
)
_UNREAD = object()


class SellerRepository:
    """Locks on reading, so that a seller's pushes and its suspension never cross."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def locked(self, id: Id) -> Seller | None:
        """The seller, locked until the commit."""
        session = session_of(self._connection)
        if session is not None:
            known: Any = session.recall(_name(id), _UNREAD)
            if known is not _UNREAD:
                found: Seller | None = known
                return found
        return (await _locked(self._connection, [id])).get(id)

    async def save(self, seller: Seller) -> None:
        """Insert or replace, with those of the commands beside this one."""
        await write_now_or_later(self._connection, _SaveSellers(), seller)
        session = session_of(self._connection)
        if session is not None:
            session.remember(_name(seller.id), seller)


@dataclass(frozen=True)
class _SaveSellers:
    rank: int = 6

    async def __call__(self, connection: AsyncConnection, items: Sequence[Seller]) -> None:
        last = {one.id: one for one in items}
        rows = [
            {
                "id": one.id,
                "state": one.state,
                "markets": one.markets,
                "version": one.version,
                "ship_from": one.ship_from,
            }
            for one in last.values()
        ]
        await connection.execute(_SAVE, {"rows": as_json(rows)})


async def read_sellers_ahead(session: Session, ids: Collection[Id]) -> None:
    """For commands that will ask for these sellers; they are locked in id order."""
    found = await _locked(session, ids)
    for id in ids:
        session.remember(_name(id), found.get(id))


async def _locked(connection: AsyncConnection, ids: Collection[Id]) -> dict[Id, Seller]:
    rows = (await connection.execute(_LOCK, {"ids": list(ids)})).all()
    return {row.id: seller_of(row._mapping) for row in rows}


def seller_of(row: Mapping[Any, Any]) -> Seller:
    """From a row of `sellers`."""
    ship_from = None if row["ship_from"] is None else tuple(row["ship_from"])
    return Seller(row["id"], SellerState(row["state"]), tuple(row["markets"]), row["version"], ship_from)


def _name(id: Id) -> Hashable:
    return "seller", id
