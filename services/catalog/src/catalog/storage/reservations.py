"""Reservations in PostgreSQL: units are held by one guarded statement."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.reservation import Reservation, ReservationState
from catalog.storage.offers import remember_held
from chassis.db import direct
from chassis.db.session import Session, session_of, write_now_or_later
from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id

_UNREAD = object()

_LOCKED = (
    "select r.id, r.version, r.state, r.held_at, u.offer_id, u.quantity from reservations r "
    "left join reservation_units u on u.reservation_id = r.id where r.id = any($1::uuid[]) "
    "order by r.id, u.offer_id for update of r"
)
# One round trip for all that were opened together. The guard makes overselling impossible even for a caller that holds no
# lock (reliability F25).
_OPEN = (
    "with opened as (insert into reservations (id, version, state, held_at, changed_at) select id, version, state, at, at "
    "from unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[]) "
    "as r(id, version, state, at)), "
    "units as (select * from unnest($5::uuid[], $6::uuid[], $7::int[], $8::timestamptz[]) as u(id, offer_id, quantity, at)), "
    "kept as (insert into reservation_units (reservation_id, offer_id, quantity) "
    "select id, offer_id, quantity from units), "
    "booked as (insert into stock_movements (offer_id, kind, quantity, at, cause_id, recorded_at) "
    "select offer_id, 'held', quantity, at, id, at from units), "
    "wanted as (select offer_id, sum(quantity)::int as quantity, max(at) as at from units group by offer_id), "
    "held as (update stock s set available = s.available - w.quantity, held = s.held + w.quantity, updated_at = w.at "
    "from wanted w where s.offer_id = w.offer_id and s.available >= w.quantity returning s.offer_id) "
    "select count(*) as held, (select count(*) from wanted) as wanted from held"
)
_SETTLE = text(
    "update reservations set version = :version, state = :state, changed_at = :now "
    "where id = :id and version = :version - 1 and state = 'held'"
)


class ReservationRepository:
    """Opened once and settled once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def locked(self, id: Id) -> Reservation | None:
        """The reservation of an order, locked until the commit."""
        session = session_of(self._connection)
        if session is not None:
            known: Any = session.recall(_name(id), _UNREAD)
            if known is not _UNREAD:
                found: Reservation | None = known
                return found
        return (await _locked(self._connection, [id])).get(id)

    async def open(self, reservation: Reservation) -> None:
        """Store a new reservation and hold its units: all, or StaleVersion (at the latest before the commit)."""
        await write_now_or_later(self._connection, _OpenReservations(), reservation)
        session = session_of(self._connection)
        if session is not None:
            session.remember(_name(reservation.id), reservation)
            remember_held(session, reservation.units)

    async def settle(self, reservation: Reservation, now: datetime) -> None:
        """Store the new state, if nobody else has settled it: else StaleVersion."""
        done = await self._connection.execute(
            _SETTLE,
            {"id": reservation.id, "version": reservation.version, "state": reservation.state, "now": now},
        )
        if done.rowcount != 1:
            raise StaleVersion(id=str(reservation.id))
        session = session_of(self._connection)
        if session is not None:
            session.remember(_name(reservation.id), reservation)


@dataclass(frozen=True)
class _OpenReservations:
    rank: int = 0

    async def __call__(self, connection: AsyncConnection, items: Sequence[Reservation]) -> None:
        units = [(one.id, offer, quantity, one.held_at) for one in items for offer, quantity in one.units]
        (row,) = await direct.change_and_read(
            connection,
            _OPEN,
            [one.id for one in items],
            [one.version for one in items],
            [str(one.state) for one in items],
            [one.held_at for one in items],
            [id for id, _, _, _ in units],
            [offer for _, offer, _, _ in units],
            [quantity for _, _, quantity, _ in units],
            [at for _, _, _, at in units],
        )
        if row["held"] != row["wanted"]:
            raise StaleVersion(ids=[str(one.id) for one in items])


async def read_reservations_ahead(session: Session, ids: Collection[Id]) -> None:
    """For commands that will ask for these reservations."""
    found = await _locked(session, ids)
    for id in ids:
        session.remember(_name(id), found.get(id))


async def _locked(connection: AsyncConnection, ids: Collection[Id]) -> dict[Id, Reservation]:
    rows = await direct.change_and_read(connection, _LOCKED, sorted(ids))
    units: dict[Id, list[tuple[Id, int]]] = defaultdict(list)
    for row in rows:
        if row["offer_id"] is not None:
            units[row["id"]].append((row["offer_id"], row["quantity"]))
    return {
        row["id"]: Reservation(
            row["id"], row["version"], ReservationState(row["state"]), row["held_at"], tuple(units[row["id"]])
        )
        for row in rows
    }


def _name(id: Id) -> Hashable:
    return "reservation", id
