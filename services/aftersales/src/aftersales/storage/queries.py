"""The read side: what routes show, without a transaction of their own."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncEngine

from aftersales.domain.case import Case
from aftersales.domain.coverage import Coverage
from aftersales.domain.errors import CaseNotFound, CoverageNotFound
from aftersales.storage import tables
from aftersales.storage.cases import CaseRepository
from aftersales.storage.coverages import CoverageRepository
from aftersales.use_cases.ports import Reader, Wanted, WantedCases
from chassis.kernel.ids import Id

_COLUMNS = tables.coverages.c


class CoverageQueries:
    """Reads through the same mapping as the use cases, so that a column is explained once."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def coverage(self, reader: Reader, shipment_id: Id) -> Coverage:
        """The reader's coverage, or `CoverageNotFound`."""
        found = await self._where([_COLUMNS.id == shipment_id, *_seen_by(reader)], limit=1)
        if not found:
            raise CoverageNotFound(shipment_id=str(shipment_id))
        return found[0]

    async def coverages(self, reader: Reader, wanted: Wanted, after: Id | None, limit: int) -> Sequence[Coverage]:
        """A page of the reader's coverages."""
        behind = [_COLUMNS.id > after] if after else []
        return await self._where([*_seen_by(reader), *_asked_for(wanted), *behind], limit)

    async def case(self, reader: Reader, case_id: Id) -> Case:
        """The reader's case, or `CaseNotFound`."""
        c = tables.cases.c
        found = await self._cases([c.id == case_id, *_parties(reader, c.buyer_id, c.seller_id)], limit=1)
        if not found:
            raise CaseNotFound(case_id=str(case_id))
        return found[0]

    async def cases(self, reader: Reader, wanted: WantedCases, before: Id | None, limit: int) -> Sequence[Case]:
        """A page of the reader's cases, the newest first: ids count up with time."""
        c = tables.cases.c
        conditions = [*_parties(reader, c.buyer_id, c.seller_id), *_wanted_cases(wanted)]
        if before is not None:
            conditions.append(c.id < before)
        return await self._cases(conditions, limit)

    async def _cases(self, conditions: Sequence[ColumnElement[bool]], limit: int) -> Sequence[Case]:
        statement = select(tables.cases).where(*conditions).order_by(tables.cases.c.id.desc()).limit(limit)
        async with self._engine.connect() as connection:
            repository = CaseRepository(connection)
            rows = (await connection.execute(statement)).mappings().all()
            return [repository.from_row(dict(row)) for row in rows]

    async def _where(self, conditions: Sequence[ColumnElement[bool]], limit: int) -> Sequence[Coverage]:
        async with self._engine.connect() as connection:
            return await CoverageRepository(connection).where(*conditions, limit=limit)


def _seen_by(reader: Reader) -> Iterator[ColumnElement[bool]]:
    return _parties(reader, _COLUMNS.buyer_id, _COLUMNS.seller_id)


def _parties(reader: Reader, buyer: Column[Any], seller: Column[Any]) -> Iterator[ColumnElement[bool]]:
    if reader.buyer_id is not None:
        yield buyer == reader.buyer_id
    if reader.seller_id is not None:
        yield seller == reader.seller_id


def _wanted_cases(wanted: WantedCases) -> Iterator[ColumnElement[bool]]:
    c = tables.cases.c
    if wanted.order_id is not None:
        yield c.order_id == wanted.order_id
    if wanted.seller_order_id is not None:
        yield c.seller_order_id == wanted.seller_order_id
    if wanted.state is not None:
        yield c.state == wanted.state
    if wanted.is_open is not None:
        yield c.ended_at.is_(None) if wanted.is_open else c.ended_at.is_not(None)


def _asked_for(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.order_id is not None:
        yield _COLUMNS.order_id == wanted.order_id
    if wanted.seller_order_id is not None:
        yield _COLUMNS.seller_order_id == wanted.seller_order_id
