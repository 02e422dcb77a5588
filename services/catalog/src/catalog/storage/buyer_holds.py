"""What buyers hold unpaid, by offer and by seller, and how much those sellers have on sale."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db import direct
from chassis.db.session import Session, session_of
from chassis.kernel.ids import Id

# Old enough to be had for nothing on a busy day, young enough that a seller's push of this morning counts.
FRESH_FOR = timedelta(minutes=1)
_NOTHING: Mapping[Id, int] = {}

# Locked, so that two orders of one buyer take turns: each sees what the other one holds.
_HELD = (
    "select b.buyer_id, b.of_id, b.units from buyer_holds b "
    "join unnest($1::uuid[], $2::uuid[]) as w(buyer_id, of_id) on b.buyer_id = w.buyer_id and b.of_id = w.of_id "
    "order by b.buyer_id, b.of_id for update of b"
)
_ON_SALE = (
    "select o.seller_id, sum(s.available + s.held)::bigint as units from offers o join stock s on s.offer_id = o.id "
    "where o.seller_id = any($1::uuid[]) and not o.paused group by o.seller_id"
)


class UnitsOnSale:
    """Units of sellers that are free or held, as they were at the most a minute ago: a sum over a whole shelf."""

    def __init__(self) -> None:
        self._known: dict[Id, tuple[datetime, int]] = {}

    async def of(self, connection: AsyncConnection, seller_ids: Collection[Id], now: datetime) -> dict[Id, int]:
        """By seller; 0 for one that sells nothing."""
        stale = [id for id in seller_ids if id not in self._known or now - self._known[id][0] > FRESH_FOR]
        if stale:
            found = {row["seller_id"]: row["units"] for row in await direct.read(connection, _ON_SALE, stale)}
            self._known |= {id: (now, found.get(id, 0)) for id in stale}
        return {id: self._known[id][1] for id in seller_ids}


async def units_held(connection: AsyncConnection, buyer_id: Id, of_ids: Collection[Id]) -> Mapping[Id, int]:
    """What a buyer holds unpaid of each of these offers and sellers, locked until the commit."""
    session = session_of(connection)
    if session is None:
        return (await _held(connection, {(buyer_id, id) for id in of_ids}))[buyer_id]
    known: Mapping[Id, int] = session.recall(_name(buyer_id), _NOTHING) or _NOTHING
    if unread := {(buyer_id, id) for id in of_ids if id not in known}:
        await read_buyer_holds_ahead(session, unread)
        known = session.recall(_name(buyer_id), _NOTHING)
    return {id: known[id] for id in of_ids}


async def read_buyer_holds_ahead(session: Session, pairs: Collection[tuple[Id, Id]]) -> None:
    """For commands that will ask what a buyer holds of an offer or a seller."""
    for buyer_id, units in (await _held(session, pairs)).items():
        session.remember(_name(buyer_id), {**(session.recall(_name(buyer_id), _NOTHING) or _NOTHING), **units})


def add_to_holds(session: Session, buyer_id: Id, units: Iterable[tuple[Id, Id, int]]) -> None:
    """The next command of this transaction finds that the buyer holds more: so many of an offer, and of its seller."""
    known: Mapping[Id, int] | None = session.recall(_name(buyer_id), None)
    if known is not None:
        more = Counter(known)
        for offer_id, seller_id, quantity in units:
            more.update({offer_id: quantity, seller_id: quantity})
        # What was not read is not known, however much of it came on top.
        session.remember(_name(buyer_id), {id: more[id] for id in known})


def forget_holds(session: Session, buyer_id: Id) -> None:
    """The buyer holds less: whoever asks next reads it anew."""
    session.remember(_name(buyer_id), None)


async def _held(connection: AsyncConnection, pairs: Collection[tuple[Id, Id]]) -> dict[Id, dict[Id, int]]:
    found: dict[Id, dict[Id, int]] = {}
    for buyer_id, id in pairs:
        found.setdefault(buyer_id, {})[id] = 0
    rows = await direct.change_and_read(connection, _HELD, [one for one, _ in pairs], [id for _, id in pairs])
    for row in rows:
        found[row["buyer_id"]][row["of_id"]] = row["units"]
    return found


def _name(buyer_id: Id) -> Hashable:
    return "held by a buyer", buyer_id
