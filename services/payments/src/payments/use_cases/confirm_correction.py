"""Another person of finance confirms a correction, and the money moves."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.kernel.proposals import PeopleOnly, Proposal
from payments.domain.money_correction import CorrectionKind
from payments.use_cases.make_correction import make_correction
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.propose_correction import LAPSE


@dataclass(frozen=True)
class ConfirmCorrection:
    """`by` is a person, None for an API key."""

    correction_id: Id
    by: Id | None


async def confirm_correction(command: ConfirmCorrection, uow: UnitOfWork, now: datetime) -> Proposal:
    """Never the one who proposed it, nor a key of anybody's. What cannot be done any more stays pending."""
    if command.by is None:
        raise PeopleOnly()
    confirmed = (await uow.proposals.get(command.correction_id)).confirm(command.by, now)
    amount = Money(confirmed.terms["amount"], confirmed.terms["currency"])
    await make_correction(CorrectionKind(confirmed.kind), confirmed.subject_id, amount, uow, now)
    await uow.proposals.save(confirmed)
    await uow.timers.cancel(LAPSE, confirmed.id)
    return confirmed
