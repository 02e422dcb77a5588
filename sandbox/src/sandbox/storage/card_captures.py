"""Captures of card payments: what was taken, whether it has arrived, and how much of it went back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.cards import CardCapture
from sandbox.domain.errors import NoSuchCapture
from sandbox.storage.lists import Page, Window, read_page
from sandbox.storage.tables import card_captures

_rows = card_captures.c


async def add_capture(tx: AsyncConnection, capture: CardCapture) -> None:
    await tx.execute(
        insert(card_captures).values(
            id=capture.id,
            card_payment_id=capture.card_payment_id,
            reference=capture.reference,
            wallet_id=capture.wallet_id,
            amount_minor=capture.amount.minor,
            refunded_minor=capture.refunded.minor,
            currency=capture.amount.currency,
            status=capture.status,
            failure_reason=capture.failure_reason,
            created_at=capture.created_at,
            settle_at=capture.settle_at,
        )
    )


async def lock_capture(tx: AsyncConnection, id: str) -> CardCapture:
    """Locked, so that two refunds of it are judged one after the other. Raises NoSuchCapture."""
    row = (await tx.execute(select(card_captures).where(_rows.id == id).with_for_update())).first()
    if row is None:
        raise NoSuchCapture
    return _capture(row)


async def list_captures(
    tx: AsyncConnection, reference: str | None, card_payment_id: str | None, window: Window
) -> Page[CardCapture]:
    query = select(card_captures)
    if reference is not None:
        query = query.where(_rows.reference == reference)
    if card_payment_id is not None:
        query = query.where(_rows.card_payment_id == card_payment_id)
    return await read_page(tx, query, _rows.seq, window, _capture)


async def lock_due_captures(tx: AsyncConnection, now: datetime, limit: int) -> Sequence[CardCapture]:
    """Those that settle by now."""
    query = (
        select(card_captures)
        .where(_rows.status == "captured", _rows.settle_at <= now)
        .order_by(_rows.settle_at, _rows.seq)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_capture(row) for row in await tx.execute(query)]


async def note_settled(tx: AsyncConnection, id: str) -> None:
    await tx.execute(update(card_captures).where(_rows.id == id).values(status="settled"))


async def count_unsettled(tx: AsyncConnection, card_payment_id: str) -> int:
    query = select(func.count()).where(_rows.card_payment_id == card_payment_id, _rows.status == "captured")
    return int((await tx.execute(query)).scalar_one())


async def change_capture_refunded(tx: AsyncConnection, id: str, by_minor: int) -> None:
    after = _rows.refunded_minor + by_minor
    await tx.execute(update(card_captures).where(_rows.id == id).values(refunded_minor=after))


def _capture(row: Row[Any]) -> CardCapture:
    return CardCapture(
        row.id,
        row.card_payment_id,
        row.reference,
        row.wallet_id,
        Money(row.amount_minor, row.currency),
        Money(row.refunded_minor, row.currency),
        row.status,
        row.failure_reason,
        row.created_at,
        row.settle_at,
    )
