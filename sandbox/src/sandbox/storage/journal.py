"""The journal: every money move, append-only, written together with the balances it changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.moves import BANK, IN_TRANSIT, JournalLine, Position
from sandbox.storage.accounts import change_balance
from sandbox.storage.lists import Page, Window, read_page
from sandbox.storage.tables import journal, wallets

_NOT_WALLETS = (BANK, IN_TRANSIT)


async def move_money(
    tx: AsyncConnection,
    kind: str,
    from_account: str,
    to_account: str,
    amount: Money,
    reference: str,
    object_id: str,
    now: datetime,
) -> None:
    """Move `amount`, both sides at once; the accounts are wallet ids, BANK or IN_TRANSIT. Raises InsufficientFunds."""
    if from_account not in _NOT_WALLETS:
        await change_balance(tx, from_account, -amount.minor)
    if to_account not in _NOT_WALLETS:
        await change_balance(tx, to_account, amount.minor)
    await tx.execute(
        insert(journal).values(
            kind=kind,
            from_account=from_account,
            to_account=to_account,
            amount_minor=amount.minor,
            currency=amount.currency,
            reference=reference,
            object_id=object_id,
            at=now,
        )
    )


async def list_journal(tx: AsyncConnection, window: Window) -> Page[JournalLine]:
    return await read_page(tx, select(journal), journal.c.id, window, _line)


async def read_positions(tx: AsyncConnection) -> list[Position]:
    """One per currency, from one statement, so that all figures are of the same instant."""
    moved = (
        select(
            journal.c.currency,
            _sum(journal.c.from_account == BANK).label("received"),
            (_sum(journal.c.to_account == IN_TRANSIT) - _sum(journal.c.from_account == IN_TRANSIT)).label("in_transit"),
            _sum(journal.c.kind == "payout.settled").label("paid_out"),
            _sum(journal.c.kind == "refund.settled").label("refunded"),
        )
        .group_by(journal.c.currency)
        .subquery()
    )
    held = (
        select(wallets.c.currency, func.sum(wallets.c.balance_minor).label("held"))
        .group_by(wallets.c.currency)
        .subquery()
    )
    query = (
        select(held.c.currency, held.c.held, moved.c.received, moved.c.in_transit, moved.c.paid_out, moved.c.refunded)
        .outerjoin(moved, moved.c.currency == held.c.currency)
        .order_by(held.c.currency)
    )
    return [
        Position(
            row.currency,
            int(row.received or 0),
            int(row.held),
            int(row.in_transit or 0),
            int(row.paid_out or 0),
            int(row.refunded or 0),
        )
        for row in await tx.execute(query)
    ]


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, journal.c.amount_minor), else_=0))


def _line(row: Row[Any]) -> JournalLine:
    amount = Money(row.amount_minor, row.currency)
    return JournalLine(row.id, row.kind, row.from_account, row.to_account, amount, row.reference, row.object_id, row.at)
