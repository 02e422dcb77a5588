"""Transfers between wallets."""

from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.moves import Transfer
from sandbox.storage.lists import Page, Window, read_page
from sandbox.storage.tables import transfers


async def add_transfer(tx: AsyncConnection, transfer: Transfer) -> None:
    await tx.execute(
        insert(transfers).values(
            id=transfer.id,
            reference=transfer.reference,
            from_wallet_id=transfer.from_wallet_id,
            to_wallet_id=transfer.to_wallet_id,
            amount_minor=transfer.amount.minor,
            currency=transfer.amount.currency,
            notes=transfer.metadata,
            created_at=transfer.created_at,
        )
    )


async def list_transfers(tx: AsyncConnection, reference: str | None, window: Window) -> Page[Transfer]:
    query = select(transfers)
    if reference is not None:
        query = query.where(transfers.c.reference == reference)
    return await read_page(tx, query, transfers.c.seq, window, _transfer)


def _transfer(row: Row[Any]) -> Transfer:
    amount = Money(row.amount_minor, row.currency)
    return Transfer(row.id, row.reference, row.from_wallet_id, row.to_wallet_id, amount, row.notes, row.created_at)
