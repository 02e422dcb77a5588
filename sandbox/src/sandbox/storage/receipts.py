"""Idempotency receipts of the payment provider, written in the transaction of the work they stand for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.errors import IdempotencyKeyReused
from sandbox.storage.tables import receipts

# As real providers do: after a day a key is as good as new, so an older retry must first ask by its reference.
_REMEMBERED = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """Status and JSON body of the first answer."""

    status: int
    body: dict[str, Any]


async def claim_key(tx: AsyncConnection, key: str, fingerprint: str, now: datetime) -> StoredAnswer | None:
    """None = the key is ours and the work is to be done; else the answer of the first time.

    A rival with the same key waits in the INSERT until the first one commits. `now` is real time.
    Raises IdempotencyKeyReused where the key stands for another request.
    """
    await tx.execute(delete(receipts).where(receipts.c.key == key, receipts.c.at < now - _REMEMBERED))
    claimed = await tx.execute(
        insert(receipts)
        .values(key=key, fingerprint=fingerprint, at=now)
        .on_conflict_do_nothing()
        .returning(receipts.c.key)
    )
    if claimed.first() is not None:
        return None
    row = (await tx.execute(select(receipts).where(receipts.c.key == key))).one()
    if row.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    return StoredAnswer(row.status, row.body)


async def store_answer(tx: AsyncConnection, key: str, answer: StoredAnswer) -> None:
    await tx.execute(update(receipts).where(receipts.c.key == key).values(status=answer.status, body=answer.body))
