"""The time is over for which the law wanted what was kept of an erased company."""

from dataclasses import dataclass
from datetime import datetime

from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class ForgetEvidence:
    """Whose."""

    company_id: Id


async def forget_evidence(command: ForgetEvidence, uow: UnitOfWork, now: datetime) -> None:
    """Nothing of it names anybody any more."""
    await uow.personal_data.forget(uow, command.company_id)
