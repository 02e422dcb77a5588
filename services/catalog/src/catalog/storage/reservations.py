"""Reservations in PostgreSQL: units are held by one guarded statement."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.reservation import Reservation, ReservationState
from catalog.storage.buyer_holds import UnitsOnSale, add_to_holds, forget_holds, units_held
from catalog.storage.offers import remember_held, sellers_of
from chassis.db import direct
from chassis.db.session import Session, session_of, write_now_or_later
from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id

_UNREAD = object()

_LOCKED = (
    "select r.id, r.version, r.state, r.held_at, r.buyer_id, u.offer_id, u.quantity from reservations r "
    "left join reservation_units u on u.reservation_id = r.id where r.id = any($1::uuid[]) "
    "order by r.id, u.offer_id for update of r"
)
# One round trip for all that were opened together. The guard makes overselling impossible even for a caller that holds no
# lock (reliability F25).
_OPEN = (
    "with given as (select * from unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $9::uuid[]) "
    "as r(id, version, state, at, buyer_id)), "
    "opened as (insert into reservations (id, version, state, held_at, changed_at, buyer_id) "
    "select id, version, state, at, at, buyer_id from given), "
    "units as (select * from unnest($5::uuid[], $6::uuid[], $7::int[], $8::timestamptz[]) as u(id, offer_id, quantity, at)), "
    "kept as (insert into reservation_units (reservation_id, offer_id, quantity) "
    "select id, offer_id, quantity from units), "
    "booked as (insert into stock_movements (offer_id, kind, quantity, at, cause_id, recorded_at) "
    "select offer_id, 'held', quantity, at, id, at from units), "
    # Which seller's they are, by offer; buyers' sums are kept in one order, so that two transactions never wait in a circle.
    "counted as (insert into buyer_holds (buyer_id, of_id, units) select g.buyer_id, w.of_id, sum(u.quantity)::int "
    "from units u join given g using (id) join offers o on o.id = u.offer_id "
    "cross join lateral (values (u.offer_id), (o.seller_id)) as w(of_id) where g.buyer_id is not null "
    "group by g.buyer_id, w.of_id order by g.buyer_id, w.of_id "
    "on conflict (buyer_id, of_id) do update set units = buyer_holds.units + excluded.units), "
    "wanted as (select offer_id, sum(quantity)::int as quantity, max(at) as at from units group by offer_id), "
    "held as (update stock s set available = s.available - w.quantity, held = s.held + w.quantity, updated_at = w.at "
    "from wanted w where s.offer_id = w.offer_id and s.available >= w.quantity returning s.offer_id) "
    "select count(*) as held, (select count(*) from wanted) as wanted from held"
)
# What was held is held no more, whether it was sold or is free again.
_SETTLE = text(
    "with settled as (update reservations set version = :version, state = :state, changed_at = :now "
    "where id = :id and version = :version - 1 and state = 'held' returning id, buyer_id), "
    "ended as (select s.buyer_id, w.of_id, sum(u.quantity)::int as units from settled s "
    "join reservation_units u on u.reservation_id = s.id join offers o on o.id = u.offer_id "
    "cross join lateral (values (u.offer_id), (o.seller_id)) as w(of_id) group by s.buyer_id, w.of_id), "
    "counted as (update buyer_holds b set units = b.units - e.units from ended e "
    "where b.buyer_id = e.buyer_id and b.of_id = e.of_id) "
    "select id from settled"
)


class ReservationRepository:
    """Opened once and settled once."""

    def __init__(self, connection: AsyncConnection, on_sale: UnitsOnSale) -> None:
        self._connection = connection
        self._on_sale = on_sale

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
            if reservation.buyer_id is not None:
                sellers = sellers_of(session, dict(reservation.units))
                if len(sellers) < len(reservation.units):
                    forget_holds(session, reservation.buyer_id)
                else:
                    more = [(id, sellers[id], units) for id, units in reservation.units]
                    add_to_holds(session, reservation.buyer_id, more)

    async def settle(self, reservation: Reservation, now: datetime) -> None:
        """Store the new state, if nobody else has settled it: else StaleVersion."""
        done = await self._connection.execute(
            _SETTLE,
            {"id": reservation.id, "version": reservation.version, "state": reservation.state, "now": now},
        )
        if done.first() is None:
            raise StaleVersion(id=str(reservation.id))
        session = session_of(self._connection)
        if session is not None:
            session.remember(_name(reservation.id), reservation)
            if reservation.buyer_id is not None:
                forget_holds(session, reservation.buyer_id)

    async def units_held(self, buyer_id: Id, of_ids: Collection[Id]) -> Mapping[Id, int]:
        """What a buyer holds unpaid of these offers and sellers."""
        return await units_held(self._connection, buyer_id, of_ids)

    async def units_on_sale(self, seller_ids: Collection[Id], now: datetime) -> Mapping[Id, int]:
        """What sellers have on sale, as it was at the most a minute ago."""
        return await self._on_sale.of(self._connection, seller_ids, now)


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
            [one.buyer_id for one in items],
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
            row["id"],
            row["version"],
            ReservationState(row["state"]),
            row["held_at"],
            tuple(units[row["id"]]),
            row["buyer_id"],
        )
        for row in rows
    }


def _name(id: Id) -> Hashable:
    return "reservation", id
