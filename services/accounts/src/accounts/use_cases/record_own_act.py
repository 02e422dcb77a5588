"""What the operator's staff does before it is signed in: the door knows nobody yet, so the use case records it."""

from datetime import datetime

from accounts.domain.company import CompanyKind
from accounts.domain.user import User
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.audit_log import Act, Actor
from chassis.kernel.ids import Id


async def record_own_act(
    code: str, user: User, uow: UnitOfWork, now: datetime, session_id: Id | None = None, **details: str
) -> None:
    """In the transaction of the act. Of anybody else nothing is recorded. `code` is the operation's id, as at the door."""
    if user.kind != CompanyKind.OPERATOR:
        return
    kind, subject = ("user", user.id) if session_id is None else ("session", session_id)
    await uow.audit_log.record(Act(code, Actor("person", user.id, user.role), kind, str(subject), details), now)
