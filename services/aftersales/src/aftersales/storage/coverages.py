"""Coverages: row ↔ aggregate."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from aftersales.domain.coverage import Coverage, CoverageState
from aftersales.domain.errors import CoverageNotFound
from aftersales.domain.warranty import CoveredLine
from aftersales.domain.windows import Windows
from aftersales.storage import tables
from chassis.db.repository import Repository
from chassis.db.session import Session, session_of
from chassis.kernel.ids import Id

_WINDOWS = frozenset(field.name for field in fields(Windows))


class CoverageRepository(Repository[Coverage]):
    """The windows are columns of their own, the lines one JSON column."""

    table = tables.coverages
    not_found = CoverageNotFound

    async def of_seller_order(self, seller_order_id: Id) -> Sequence[Coverage]:
        """Those of a seller order's parcels."""
        session = session_of(self._connection)
        ahead = None if session is None else session.recall(_parcels_of(seller_order_id), None)
        if ahead is not None:
            return [self._remember(coverage) for coverage in ahead]
        return await self.having(tables.coverages.c.seller_order_id, [seller_order_id])

    async def add(self, *aggregates: Coverage) -> None:
        """Insert; what was read ahead of their seller orders is no longer all."""
        await super().add(*aggregates)
        self._forget_ahead(*aggregates)

    async def save(self, aggregate: Coverage) -> None:
        """Compare and set; what was read ahead of its seller order is old."""
        await super().save(aggregate)
        self._forget_ahead(aggregate)

    def _forget_ahead(self, *coverages: Coverage) -> None:
        session = session_of(self._connection)
        if session is not None:
            for coverage in coverages:
                session.remember(_parcels_of(coverage.seller_order_id), None)

    async def of_order(self, order_id: Id) -> Sequence[Coverage]:
        """Those of an order's parcels."""
        return await self.where(tables.coverages.c.order_id == order_id)

    def to_row(self, aggregate: Coverage) -> dict[str, Any]:
        """Column values."""
        row = {**vars(aggregate), **asdict(aggregate.windows), "lines": [_line_to(line) for line in aggregate.lines]}
        del row["windows"]
        return row

    def from_row(self, row: Mapping[str, Any]) -> Coverage:
        """The coverage of a row."""
        own = {name: value for name, value in row.items() if name not in _WINDOWS}
        return Coverage(
            **{
                **own,
                "state": CoverageState(row["state"]),
                "windows": Windows(**{name: row[name] for name in _WINDOWS}),
                "lines": tuple(_line_from(line) for line in row["lines"]),
            }
        )


async def read_coverages_ahead(session: Session, seller_order_ids: Iterable[Id]) -> None:
    """For commands that will ask for all coverages of these seller orders."""
    ids = list(seller_order_ids)
    found = await CoverageRepository(session).having(tables.coverages.c.seller_order_id, ids)
    for id in ids:
        session.remember(_parcels_of(id), [coverage for coverage in found if coverage.seller_order_id == id])


def _parcels_of(seller_order_id: Id) -> Hashable:
    return "coverages of", seller_order_id


def _line_to(line: CoveredLine) -> dict[str, Any]:
    until = line.warranty_until
    return {"line_no": line.line_no, "units": list(line.units), "warranty_until": until and until.isoformat()}


def _line_from(row: Mapping[str, Any]) -> CoveredLine:
    until = row["warranty_until"]
    return CoveredLine(row["line_no"], tuple(row["units"]), until and datetime.fromisoformat(until))
