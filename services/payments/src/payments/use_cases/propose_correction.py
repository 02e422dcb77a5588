"""Somebody of finance proposes to move money by hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.kernel.ids import Id, new_id
from chassis.kernel.money import Money
from chassis.kernel.proposals import PeopleOnly, Proposal, ProposalPending, ProposalState
from payments.domain.money_correction import CorrectionKind
from payments.use_cases.make_correction import check_correction
from payments.use_cases.ports import UnitOfWork

LAPSE = "lapse_correction"


@dataclass(frozen=True)
class ProposeCorrection:
    """`subject_id` is a bank line or a credit note, as the kind says. `by` is a person, None for an API key."""

    kind: CorrectionKind
    subject_id: Id
    amount: Money
    reason: str
    by: Id | None
    lives: timedelta


async def propose_correction(command: ProposeCorrection, uow: UnitOfWork, now: datetime) -> Proposal:
    """No money moves yet. One proposal at a time for a thing; it lapses if nobody confirms it."""
    if command.by is None:
        raise PeopleOnly()
    await check_correction(command.kind, command.subject_id, command.amount, uow)
    if await uow.proposals.pending_of(command.kind, command.subject_id) is not None:
        raise ProposalPending()
    proposal = Proposal(
        id=new_id(),
        version=1,
        state=ProposalState.PENDING,
        kind=command.kind,
        subject_id=command.subject_id,
        terms={"amount": command.amount.minor, "currency": command.amount.currency},
        reason=command.reason,
        proposed_by=command.by,
        proposed_at=now,
        lapses_at=now + command.lives,
    )
    await uow.proposals.add(proposal)
    await uow.timers.set(LAPSE, proposal.id, proposal.lapses_at)
    return proposal
