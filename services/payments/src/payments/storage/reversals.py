"""What credit notes take back: row ↔ value."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from payments.domain.errors import NoSuchReversal
from payments.domain.reversal import Funding, Reversal, ReversalState
from payments.storage.tables import reversals


class ReversalRepository:
    """Not an aggregate of its own: the refund and the settlement tell the world. It is funded once."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, id: Id) -> Reversal:
        """By its credit note."""
        found = await self._where(reversals.c.credit_note_id == id)
        if not found:
            raise NoSuchReversal(id=str(id))
        return found[0]

    async def waiting_of(self, seller_id: Id, currency: str) -> Sequence[Reversal]:
        """Those whose money is missing, the oldest first."""
        return await self._where(
            reversals.c.seller_id == seller_id,
            reversals.c.currency == currency,
            reversals.c.state == ReversalState.WAITING,
        )

    async def add(self, reversal: Reversal) -> None:
        """With its credit note."""
        await self._connection.execute(insert(reversals).values(_row(reversal)))

    async def save(self, reversal: Reversal) -> None:
        """Compare and set on "still waiting"."""
        row = _row(reversal)
        id = row.pop("credit_note_id")
        done = await self._connection.execute(
            update(reversals)
            .where(reversals.c.credit_note_id == id, reversals.c.state == ReversalState.WAITING)
            .values(row)
        )
        if done.rowcount != 1:
            raise StaleVersion(id=str(id))

    async def _where(self, *conditions: ColumnElement[bool]) -> list[Reversal]:
        statement = select(reversals).where(*conditions).order_by(reversals.c.created_at, reversals.c.credit_note_id)
        return [_reversal(row) for row in (await self._connection.execute(statement)).all()]


def _row(reversal: Reversal) -> dict[str, Any]:
    return {
        "credit_note_id": reversal.id,
        "state": reversal.state,
        "case_id": reversal.case_id,
        "order_id": reversal.order_id,
        "seller_order_id": reversal.seller_order_id,
        "seller_id": reversal.seller_id,
        "buyer_id": reversal.buyer_id,
        "market": reversal.market,
        "currency": reversal.gross.currency,
        "gross_minor": reversal.gross.minor,
        "commission_net_minor": reversal.commission_net.minor,
        "commission_vat_minor": reversal.commission_vat.minor,
        "from_pending_minor": reversal.funding.from_pending,
        "from_available_minor": reversal.funding.from_available,
        "swept_back_minor": reversal.funding.swept_back,
        "advanced_minor": reversal.funding.advanced,
        "created_at": reversal.created_at,
        "advance_at": reversal.advance_at,
        "funded_at": reversal.funded_at,
    }


def _reversal(row: Row[Any]) -> Reversal:
    return Reversal(
        id=row.credit_note_id,
        state=ReversalState(row.state),
        case_id=row.case_id,
        order_id=row.order_id,
        seller_order_id=row.seller_order_id,
        seller_id=row.seller_id,
        buyer_id=row.buyer_id,
        market=row.market,
        gross=Money(row.gross_minor, row.currency),
        commission_net=Money(row.commission_net_minor, row.currency),
        commission_vat=Money(row.commission_vat_minor, row.currency),
        created_at=row.created_at,
        advance_at=row.advance_at,
        funding=Funding(row.from_pending_minor, row.from_available_minor, row.swept_back_minor, row.advanced_minor),
        funded_at=row.funded_at,
    )
