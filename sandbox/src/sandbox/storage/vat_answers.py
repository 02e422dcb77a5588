"""Answers a tester laid down for single VAT numbers."""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from sandbox.domain.vat_numbers import VatStatus
from sandbox.storage.tables import vat_answers


@dataclass(frozen=True, slots=True)
class LaidDownAnswer:
    """What VIES shall say about one number; `name` None = the demo name."""

    status: VatStatus
    name: str | None


async def put_vat_answer(tx: AsyncConnection, vat_number: str, answer: LaidDownAnswer) -> None:
    values = {"status": answer.status, "name": answer.name}
    await tx.execute(
        insert(vat_answers)
        .values(vat_number=vat_number, **values)
        .on_conflict_do_update(index_elements=["vat_number"], set_=values)
    )


async def remove_vat_answer(tx: AsyncConnection, vat_number: str) -> None:
    await tx.execute(delete(vat_answers).where(vat_answers.c.vat_number == vat_number))


async def find_vat_answer(tx: AsyncConnection, vat_number: str) -> LaidDownAnswer | None:
    row = (await tx.execute(select(vat_answers).where(vat_answers.c.vat_number == vat_number))).first()
    return LaidDownAnswer(row.status, row.name) if row else None
