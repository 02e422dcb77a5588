"""What the VAT register answered: one row per answer, never changed."""

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.values import VatAnswer
from accounts.storage import tables
from chassis.kernel.ids import Id, new_id


class VatEvidenceLog:
    """Append only."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def append(self, company_id: Id, number: str, answer: VatAnswer) -> None:
        """Keep one answer."""
        await self._connection.execute(
            insert(tables.vat_evidence).values(
                id=new_id(),
                company_id=company_id,
                number=number,
                status=answer.status,
                name=answer.name,
                consultation_number=answer.consultation_number,
                checked_at=answer.checked_at,
            )
        )
