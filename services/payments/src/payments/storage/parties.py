"""Party snapshots: the newest version wins, whatever order the answers come in."""

from collections.abc import Hashable, Iterable

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, UUID, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.direct import Query
from chassis.db.session import Session, session_of
from chassis.kernel.ids import Id
from payments.domain.party import Party
from payments.storage.tables import parties

_OF_COMPANIES = Query(select(parties).where(parties.c.company_id == any_(bindparam("companies", type_=ARRAY(UUID())))))


class PartyRepository:
    """One row per company."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, company_id: Id) -> Party | None:
        """The snapshot, or None."""
        session = session_of(self._connection)
        ahead: Party | None = session.recall(_name(company_id), None) if session else None
        return ahead or (await _parties(self._connection, [company_id])).get(company_id)

    async def store(self, party: Party) -> None:
        """Keep it unless a newer one is there."""
        values = {"version": party.version, "snapshot": dict(party.snapshot), "fetched_at": party.fetched_at}
        statement = insert(parties).values(company_id=party.company_id, **values)
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=[parties.c.company_id], set_=values, where=parties.c.version <= party.version
            )
        )
        session = session_of(self._connection)
        if session is not None:
            session.remember(_name(party.company_id), None)


async def read_parties_ahead(session: Session, company_ids: Iterable[Id]) -> None:
    """For commands that will ask for these companies."""
    for company_id, party in (await _parties(session, company_ids)).items():
        session.remember(_name(company_id), party)


async def _parties(connection: AsyncConnection, company_ids: Iterable[Id]) -> dict[Id, Party]:
    rows = await _OF_COMPANIES.read(connection, companies=list(company_ids))
    return {row["company_id"]: Party(**row) for row in rows}


def _name(company_id: Id) -> Hashable:
    return "party", company_id
