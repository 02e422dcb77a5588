"""Refunds: row ↔ aggregate."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from chassis.db.repository import Repository
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.errors import NoSuchRefund
from payments.domain.refund import OVERPAID, Refund, RefundState, Source, SourceKind
from payments.storage import tables


class RefundRepository(Repository[Refund]):
    """A database trigger keeps the refunds of a source within what came from it."""

    table = tables.refunds
    not_found = NoSuchRefund

    async def add_if_new(self, refund: Refund) -> bool:
        """False if the same refund exists already: a double click, or a fact that came twice."""
        statement = insert(self.table).values(self.to_row(refund)).on_conflict_do_nothing(index_elements=["id"])
        done = (await self._connection.execute(statement.returning(self.table.c.id))).first() is not None
        if done:
            self._remember(refund)
        return done

    async def given_back(self, order_id: Id) -> dict[Id, int]:
        """Minor units that went, or are going, back for an order, by the source they came from; without what never was on it."""
        c = self.table.c
        statement = (
            select(c.source_id, func.sum(c.amount_minor).label("minor"))
            .where(c.order_id == order_id, c.state != RefundState.FAILED, c.cause != OVERPAID)
            .group_by(c.source_id)
        )
        return {row.source_id: int(row.minor) for row in (await self._connection.execute(statement)).all()}

    async def of_case(self, case_id: Id) -> list[Refund]:
        """All refunds of a case."""
        return await self.where(self.table.c.case_id == case_id)

    async def of_credit_note(self, credit_note_id: Id) -> list[Refund]:
        """The refunds that a credit note is paid back by, one for each means."""
        return await self.where(self.table.c.credit_note_id == credit_note_id)

    def to_row(self, aggregate: Refund) -> dict[str, Any]:
        """Column values."""
        return {
            "id": aggregate.id,
            "version": aggregate.version,
            "state": aggregate.state,
            "buyer_id": aggregate.buyer_id,
            "order_id": aggregate.order_id,
            "source_kind": aggregate.source.kind,
            "source_id": aggregate.source.id,
            "provider_id": aggregate.source.provider_id,
            "wallet_id": aggregate.source.wallet_id,
            "currency": aggregate.amount.currency,
            "amount_minor": aggregate.amount.minor,
            "cause": aggregate.cause,
            "created_at": aggregate.created_at,
            "due_at": aggregate.due_at,
            "case_id": aggregate.case_id,
            "credit_note_id": aggregate.credit_note_id,
            "seller_order_id": aggregate.seller_order_id,
            "finished_at": aggregate.finished_at,
            "failure_reason": aggregate.failure_reason,
        }

    def from_row(self, row: Mapping[str, Any]) -> Refund:
        """The aggregate."""
        return Refund(
            id=row["id"],
            version=row["version"],
            state=RefundState(row["state"]),
            buyer_id=row["buyer_id"],
            order_id=row["order_id"],
            source=Source(SourceKind(row["source_kind"]), row["source_id"], row["provider_id"], row["wallet_id"]),
            amount=Money(row["amount_minor"], row["currency"]),
            cause=row["cause"],
            created_at=row["created_at"],
            due_at=row["due_at"],
            case_id=row["case_id"],
            credit_note_id=row["credit_note_id"],
            seller_order_id=row["seller_order_id"],
            finished_at=row["finished_at"],
            failure_reason=row["failure_reason"],
        )
