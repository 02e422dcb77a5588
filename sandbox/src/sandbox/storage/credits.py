"""Bank credits: what came in, and how much of it went back."""

from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.kernel.money import Money
from sandbox.domain.errors import NoSuchCredit
from sandbox.domain.moves import Credit
from sandbox.storage.lists import Page, Window, read_page
from sandbox.storage.tables import credits


async def add_credit(tx: AsyncConnection, credit: Credit) -> None:
    await tx.execute(
        insert(credits).values(
            id=credit.id,
            reference=credit.reference,
            virtual_account_id=credit.virtual_account_id,
            iban=credit.iban,
            wallet_id=credit.wallet_id,
            amount_minor=credit.amount.minor,
            refunded_minor=credit.refunded.minor,
            currency=credit.amount.currency,
            value_date=credit.value_date,
            booked_at=credit.booked_at,
            debtor_name=credit.debtor_name,
            debtor_iban=credit.debtor_iban,
            remittance=credit.remittance,
        )
    )


async def get_credit(tx: AsyncConnection, credit_id: str) -> Credit:
    """Raises NoSuchCredit."""
    return _found((await tx.execute(select(credits).where(credits.c.id == credit_id))).first())


async def lock_credit(tx: AsyncConnection, credit_id: str) -> Credit:
    """The credit, locked, so that two refunds of it are judged one after the other. Raises NoSuchCredit."""
    return _found((await tx.execute(select(credits).where(credits.c.id == credit_id).with_for_update())).first())


async def change_refunded(tx: AsyncConnection, credit_id: str, by_minor: int) -> None:
    await tx.execute(
        update(credits).where(credits.c.id == credit_id).values(refunded_minor=credits.c.refunded_minor + by_minor)
    )


async def list_credits(
    tx: AsyncConnection, reference: str | None, virtual_account_id: str | None, window: Window
) -> Page[Credit]:
    query = select(credits)
    if reference is not None:
        query = query.where(credits.c.reference == reference)
    if virtual_account_id is not None:
        query = query.where(credits.c.virtual_account_id == virtual_account_id)
    return await read_page(tx, query, credits.c.seq, window, _credit)


def _found(row: Row[Any] | None) -> Credit:
    if row is None:
        raise NoSuchCredit
    return _credit(row)


def _credit(row: Row[Any]) -> Credit:
    return Credit(
        row.id,
        row.reference,
        row.virtual_account_id,
        row.iban,
        row.wallet_id,
        Money(row.amount_minor, row.currency),
        Money(row.refunded_minor, row.currency),
        row.value_date,
        row.booked_at,
        row.debtor_name,
        row.debtor_iban,
        row.remittance,
    )
