"""A person signs out everywhere else."""

from dataclasses import dataclass
from datetime import datetime

from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.revoke import end_sessions
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class EndOtherSessions:
    """`kept_id` is the session that asks. `at` is real time."""

    user_id: Id
    kept_id: Id | None
    at: datetime


async def end_other_sessions(command: EndOtherSessions, uow: UnitOfWork, now: datetime) -> None:
    """All open sessions of the person but the one that asks."""
    others = [one for one in await uow.sessions.open_of(command.user_id) if one.id != command.kept_id]
    await end_sessions(others, command.at, uow)
