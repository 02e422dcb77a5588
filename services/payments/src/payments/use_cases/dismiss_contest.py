"""The operator finds that a contested document is right."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.ids import Id
from payments.domain.contest import Contest, DismissalReason
from payments.use_cases.ports import UnitOfWork


@dataclass(frozen=True)
class DismissContest:
    """Why, as a code, and in words for the seller."""

    contest_id: Id
    reason: DismissalReason
    answer: str


async def dismiss_contest(command: DismissContest, uow: UnitOfWork, now: datetime) -> Contest:
    """The document stays as it is."""
    contest, dismissed = (await uow.contests.get(command.contest_id)).dismiss(command.reason, command.answer, now)
    await uow.contests.save(contest)
    uow.publish(dismissed)
    return contest
