"""A person signs out, here or on another device."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import SessionNotFound
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.revoke import end_sessions
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class EndSession:
    """`at` is real time."""

    user_id: Id
    session_id: Id
    at: datetime


async def end_session(command: EndSession, uow: UnitOfWork, now: datetime) -> None:
    """One session of the person; one that has ended stays so."""
    session = await uow.sessions.find(command.session_id)
    if session is None or session.user_id != command.user_id:
        raise SessionNotFound(id=str(command.session_id))
    if session.ended_at is None:
        await end_sessions([session], command.at, uow)
