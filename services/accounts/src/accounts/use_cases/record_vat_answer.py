"""The VAT register has answered, or has not."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.values import VatAnswer
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class RecordVatAnswer:
    """What it said about one number of one company."""

    company_id: Id
    number: str
    answer: VatAnswer


async def record_vat_answer(command: RecordVatAnswer, uow: UnitOfWork, now: datetime) -> None:
    """Keep the evidence and tell that the party has changed; an answer without news changes nothing."""
    recorded = (await uow.companies.get(command.company_id)).record_vat_answer(command.number, command.answer)
    if recorded is None:
        return
    company, changed = recorded
    await uow.vat_evidence.append(company.id, command.number, command.answer)
    await uow.companies.save(company)
    uow.publish(changed)
