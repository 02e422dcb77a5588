"""The read side: what routes show, without a transaction of their own."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncEngine

from aftersales.domain.coverage import Coverage
from aftersales.domain.errors import CoverageNotFound
from aftersales.storage import tables
from aftersales.storage.coverages import CoverageRepository
from aftersales.use_cases.ports import Reader, Wanted
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

    async def _where(self, conditions: Sequence[ColumnElement[bool]], limit: int) -> Sequence[Coverage]:
        async with self._engine.connect() as connection:
            return await CoverageRepository(connection).where(*conditions, limit=limit)


def _seen_by(reader: Reader) -> Iterator[ColumnElement[bool]]:
    if reader.buyer_id is not None:
        yield _COLUMNS.buyer_id == reader.buyer_id
    if reader.seller_id is not None:
        yield _COLUMNS.seller_id == reader.seller_id


def _asked_for(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.order_id is not None:
        yield _COLUMNS.order_id == wanted.order_id
    if wanted.seller_order_id is not None:
        yield _COLUMNS.seller_order_id == wanted.seller_order_id
