"""A proposed correction is taken back by who made it, or declined by somebody else."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from chassis.kernel.proposals import PeopleOnly, Proposal
from payments.use_cases.ports import UnitOfWork
from payments.use_cases.propose_correction import LAPSE


@dataclass(frozen=True)
class WithdrawCorrection:
    """`by` is a person, None for an API key."""

    correction_id: Id
    by: Id | None


async def withdraw_correction(command: WithdrawCorrection, uow: UnitOfWork, now: datetime) -> Proposal:
    """No money moves."""
    if command.by is None:
        raise PeopleOnly()
    withdrawn = (await uow.proposals.get(command.correction_id)).withdraw(command.by, now)
    await uow.proposals.save(withdrawn)
    await uow.timers.cancel(LAPSE, withdrawn.id)
    return withdrawn
