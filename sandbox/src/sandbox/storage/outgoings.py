"""Pay-outs and refunds on their way to a bank account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.errors import NoSuchPayout, NoSuchRefund
from sandbox.domain.moves import Outgoing, OutgoingKind
from sandbox.storage.lists import Page, Window, read_page
from sandbox.storage.tables import outgoings


@dataclass(frozen=True, slots=True)
class DueOutgoing:
    """An outgoing whose day has come; `told_to_fail` is a tester's wish."""

    outgoing: Outgoing
    told_to_fail: bool


async def add_outgoing(tx: AsyncConnection, outgoing: Outgoing, told_to_fail: bool, settle_at: datetime) -> None:
    await tx.execute(
        insert(outgoings).values(
            id=outgoing.id,
            kind=outgoing.kind,
            reference=outgoing.reference,
            wallet_id=outgoing.wallet_id,
            credit_id=outgoing.credit_id,
            capture_id=outgoing.capture_id,
            creditor_name=outgoing.creditor_name,
            creditor_iban=outgoing.creditor_iban,
            amount_minor=outgoing.amount.minor,
            currency=outgoing.amount.currency,
            remittance=outgoing.remittance,
            status=outgoing.status,
            failure_reason=outgoing.failure_reason,
            told_to_fail=told_to_fail,
            created_at=outgoing.created_at,
            settle_at=settle_at,
            finished_at=outgoing.finished_at,
        )
    )


async def lock_due_outgoings(tx: AsyncConnection, at: datetime, limit: int) -> Sequence[DueOutgoing]:
    """Those under way whose `settle_at` (real time) is not after `at`, locked against a second settler."""
    query = (
        select(outgoings)
        .where(outgoings.c.status == "created", outgoings.c.settle_at <= at)
        .order_by(outgoings.c.settle_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [DueOutgoing(_outgoing(row), row.told_to_fail) for row in await tx.execute(query)]


async def finish_outgoing(tx: AsyncConnection, outgoing: Outgoing) -> None:
    await tx.execute(
        update(outgoings)
        .where(outgoings.c.id == outgoing.id)
        .values(status=outgoing.status, failure_reason=outgoing.failure_reason, finished_at=outgoing.finished_at)
    )


async def get_outgoing(tx: AsyncConnection, kind: OutgoingKind, outgoing_id: str) -> Outgoing:
    """Raises NoSuchPayout or NoSuchRefund."""
    query = select(outgoings).where(outgoings.c.id == outgoing_id, outgoings.c.kind == kind)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NoSuchPayout if kind == "payout" else NoSuchRefund
    return _outgoing(row)


async def list_outgoings(
    tx: AsyncConnection, kind: OutgoingKind, reference: str | None, window: Window
) -> Page[Outgoing]:
    query = select(outgoings).where(outgoings.c.kind == kind)
    if reference is not None:
        query = query.where(outgoings.c.reference == reference)
    return await read_page(tx, query, outgoings.c.seq, window, _outgoing)


def _outgoing(row: Row[Any]) -> Outgoing:
    return Outgoing(
        row.id,
        row.kind,
        row.reference,
        row.wallet_id,
        row.credit_id,
        row.creditor_name,
        row.creditor_iban,
        Money(row.amount_minor, row.currency),
        row.remittance,
        row.status,
        row.failure_reason,
        row.created_at,
        row.finished_at,
        row.capture_id,
    )
