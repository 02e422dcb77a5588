"""Advisory locks for facts that may arrive in either order."""

from collections.abc import Hashable, Iterable

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.session import session_of
from chassis.kernel.ids import Id

_LOCK = text("select pg_advisory_xact_lock(key) from unnest(cast(:keys as bigint[])) as k(key)").bindparams(
    bindparam("keys", type_=ARRAY(BIGINT))
)


async def take_locks(connection: AsyncConnection, keys: Iterable[Id]) -> None:
    """Wait for every other transaction that holds one of them; asked for together they are taken in one order."""
    session = session_of(connection)
    # 63 bits of the id tell keys apart well enough.
    wanted = sorted({key.int & 0x7FFF_FFFF_FFFF_FFFF for key in keys})
    if session is not None:
        wanted = [key for key in wanted if not session.recall(_name(key), False)]
    if not wanted:
        return
    # What is pending concerns nobody who waits for the lock: it is not committed.
    await (connection.execute if session is None else session.peek)(_LOCK, {"keys": wanted})
    if session is not None:
        session.forget_reads()
        for key in wanted:
            session.remember(_name(key), True)


def _name(key: int) -> Hashable:
    return "lock", key
