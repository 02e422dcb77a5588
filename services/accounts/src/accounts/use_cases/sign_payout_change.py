"""The step that a change of a seller's bank account takes before it is made: two people of the operator sign it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.domain.errors import FinanceSigns
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id, new_id
from chassis.kernel.proposals import PeopleOnly, Proposal, ProposalState

PAYOUT_ACCOUNT = "payout_account"
LAPSE_SIGNATURE = "lapse_signature"


@dataclass(frozen=True)
class Signer:
    """Who decides: a person, or None for an API key; and of which of the operator's trades.

    `lives` is how long a first signature waits for the second.
    """

    person: Id | None
    is_support: bool
    is_finance: bool
    lives: timedelta


async def sign_payout_change(request_id: Id, signer: Signer, uow: UnitOfWork, now: datetime) -> bool:
    """True once a second person has signed, one of finance: whoever diverts a payout needs two, and one who knows money."""
    if signer.person is None:
        raise PeopleOnly()
    first = await uow.proposals.pending_of(PAYOUT_ACCOUNT, request_id)
    if first is None:
        await _sign_first(request_id, signer.person, signer.lives, uow, now)
        return False
    confirmed = first.confirm(signer.person, now)
    if not signer.is_finance:
        raise FinanceSigns()
    await uow.proposals.save(confirmed)
    await uow.timers.cancel(LAPSE_SIGNATURE, confirmed.id)
    return True


async def forget_signature(request_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """The request was rejected or taken back: the first signature, if there is one, is for nothing."""
    first = await uow.proposals.pending_of(PAYOUT_ACCOUNT, request_id)
    if first is not None:
        await uow.proposals.save(first.withdraw(None, now))
        await uow.timers.cancel(LAPSE_SIGNATURE, first.id)


async def lapse_signature(proposal_id: Id, uow: UnitOfWork, now: datetime) -> None:
    """Deadline: nobody has signed second. The request stays open, and two signatures are needed again."""
    first = await uow.proposals.get(proposal_id)
    if first.state is ProposalState.PENDING:
        await uow.proposals.save(first.lapse(now))


async def _sign_first(request_id: Id, person: Id, lives: timedelta, uow: UnitOfWork, now: datetime) -> None:
    first = Proposal(
        id=new_id(),
        version=1,
        state=ProposalState.PENDING,
        kind=PAYOUT_ACCOUNT,
        subject_id=request_id,
        terms={},
        reason="",
        proposed_by=person,
        proposed_at=now,
        lapses_at=now + lives,
    )
    await uow.proposals.add(first)
    await uow.timers.set(LAPSE_SIGNATURE, first.id, first.lapses_at)
