"""Contested documents: row ↔ aggregate."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import select

from chassis.db.repository import Repository
from chassis.kernel.ids import Id
from payments.domain.contest import Contest, ContestReason, ContestState, DismissalReason, NoSuchContest
from payments.storage.tables_contests import contests


class ContestRepository(Repository[Contest]):
    """One per document; the database says so too."""

    table = contests
    not_found = NoSuchContest

    async def of_invoice(self, invoice_id: Id) -> Contest | None:
        """The contest of a document, whatever became of it."""
        found = await self.where(contests.c.invoice_id == invoice_id)
        return found[0] if found else None

    async def in_order(
        self, seller_id: Id | None, state: ContestState | None, after: Id | None, limit: int
    ) -> Sequence[Contest]:
        """The oldest first, of one seller or of all."""
        statement = select(contests).order_by(contests.c.id).limit(limit)
        for column, wanted in ((contests.c.seller_id, seller_id), (contests.c.state, state)):
            statement = statement if wanted is None else statement.where(column == wanted)
        statement = statement if after is None else statement.where(contests.c.id > after)
        return [self.from_row(dict(row._mapping)) for row in (await self._connection.execute(statement)).all()]

    def to_row(self, aggregate: Contest) -> dict[str, Any]:
        """Column values."""
        return {one.name: getattr(aggregate, one.name) for one in fields(aggregate)}

    def from_row(self, row: Mapping[str, Any]) -> Contest:
        """The aggregate."""
        dismissal = row["dismissal"]
        return Contest(
            **{
                **{one.name: row[one.name] for one in fields(Contest)},
                "state": ContestState(row["state"]),
                "reason": ContestReason(row["reason"]),
                "dismissal": DismissalReason(dismissal) if dismissal else None,
            }
        )
