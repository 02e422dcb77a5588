"""Reservations in PostgreSQL: units are held by one guarded statement."""

from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.reservation import Reservation, ReservationState
from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id

_LOCKED = text(
    "select r.version, r.state, r.held_at, u.offer_id, u.quantity from reservations r "
    "left join reservation_units u on u.reservation_id = r.id where r.id = :id order by u.offer_id for update of r"
)
# One round trip. The guard makes overselling impossible even for a caller that holds no lock (reliability F25).
_OPEN = text(
    "with units as (select * from unnest(cast(:offers as uuid[]), cast(:quantities as int[])) as u(offer_id, quantity)), "
    "opened as (insert into reservations (id, version, state, held_at, changed_at) "
    "values (:id, :version, :state, :at, :at)), "
    "kept as (insert into reservation_units (reservation_id, offer_id, quantity) "
    "select :id, offer_id, quantity from units), "
    "booked as (insert into stock_movements (offer_id, kind, quantity, at, cause_id, recorded_at) "
    "select offer_id, 'held', quantity, :at, :id, :at from units), "
    "held as (update stock s set available = s.available - u.quantity, held = s.held + u.quantity, updated_at = :at "
    "from units u where s.offer_id = u.offer_id and s.available >= u.quantity returning s.offer_id) "
    "select count(*) from held"
).bindparams(bindparam("offers", type_=ARRAY(UUID)), bindparam("quantities", type_=ARRAY(INTEGER)))
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
        rows = (await self._connection.execute(_LOCKED, {"id": id})).all()
        if not rows:
            return None
        units = tuple((row.offer_id, row.quantity) for row in rows if row.offer_id is not None)
        return Reservation(id, rows[0].version, ReservationState(rows[0].state), rows[0].held_at, units)

    async def open(self, reservation: Reservation) -> None:
        """Store a new reservation and hold its units: all, or StaleVersion."""
        held = await self._connection.scalar(
            _OPEN,
            {
                "id": reservation.id,
                "version": reservation.version,
                "state": reservation.state,
                "at": reservation.held_at,
                "offers": [offer for offer, _ in reservation.units],
                "quantities": [quantity for _, quantity in reservation.units],
            },
        )
        if held != len(reservation.units):
            raise StaleVersion(id=str(reservation.id))

    async def settle(self, reservation: Reservation, now: datetime) -> None:
        """Store the new state, if nobody else has settled it: else StaleVersion."""
        done = await self._connection.execute(
            _SETTLE,
            {"id": reservation.id, "version": reservation.version, "state": reservation.state, "now": now},
        )
        if done.rowcount != 1:
            raise StaleVersion(id=str(reservation.id))
