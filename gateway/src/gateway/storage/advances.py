"""Advances of the test clock as rows."""

from collections.abc import Mapping
from typing import Any

from chassis.db.repository import Repository
from chassis.kernel.errors import NotFound
from gateway.domain.advance import Advance, AdvanceState
from gateway.storage.tables import advances


class AdvanceNotFound(NotFound):
    """No advance with this id."""

    code = "advance_not_found"
    title = "There is no such advance of the test clock"


class AdvanceRepository(Repository[Advance]):
    """Row ↔ advance."""

    table = advances
    not_found = AdvanceNotFound

    def to_row(self, aggregate: Advance) -> dict[str, Any]:
        """Column values."""
        return {**vars(aggregate), "state": aggregate.state.value}

    def from_row(self, row: Mapping[str, Any]) -> Advance:
        """The advance of a row."""
        return Advance(**{**row, "state": AdvanceState(row["state"])})

    async def running(self) -> list[Advance]:
        """The advances that have not ended."""
        return await self.where(advances.c.state == AdvanceState.RUNNING.value)
