"""Deadline: nobody has confirmed a correction in time."""

from datetime import datetime

from chassis.kernel.ids import Id
from chassis.kernel.proposals import ProposalState
from payments.use_cases.ports import UnitOfWork


async def lapse_correction(correction_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """One that was decided in the same moment stays as it was decided."""
    proposal = await uow.proposals.get(correction_id)
    if proposal.state is ProposalState.PENDING:
        await uow.proposals.save(proposal.lapse(now))
