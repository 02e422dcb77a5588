"""The steps that several use cases share: take back what was given out, and let every service hear of it."""

from collections.abc import Iterable
from datetime import datetime

from accounts.domain.revocation import Revoked, new_revocation
from accounts.domain.session import Session
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


async def revoke(kind: Revoked, subject_id: Id, at: datetime, uow: UnitOfWork) -> None:
    """Tokens of a session, key or company work no longer."""
    revocation = new_revocation(kind, subject_id, at)
    await uow.revocations.add(revocation)
    uow.publish(revocation.announced())


async def end_sessions(sessions: Iterable[Session], at: datetime, uow: UnitOfWork) -> None:
    """They can be renewed no more, and the tokens made in them are refused."""
    for session in sessions:
        await uow.sessions.save(session.ended(at))
        await revoke(Revoked.SESSION, session.id, at, uow)


async def end_sessions_of(user_id: Id, at: datetime, uow: UnitOfWork) -> None:
    """Sign a person out everywhere."""
    await end_sessions(await uow.sessions.open_of(user_id), at, uow)
