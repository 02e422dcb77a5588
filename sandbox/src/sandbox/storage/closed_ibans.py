"""Bank accounts of others that a tester closed: money sent there comes back."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.storage.tables import closed_ibans


async def close_iban(tx: AsyncConnection, iban: str) -> None:
    await tx.execute(insert(closed_ibans).values(iban=iban).on_conflict_do_nothing())


async def reopen_iban(tx: AsyncConnection, iban: str) -> None:
    await tx.execute(delete(closed_ibans).where(closed_ibans.c.iban == iban))


async def is_closed(tx: AsyncConnection, iban: str) -> bool:
    return await tx.scalar(select(closed_ibans.c.iban).where(closed_ibans.c.iban == iban)) is not None
