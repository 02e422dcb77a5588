"""The gateway is about to write to a new address and needs the link."""

from dataclasses import dataclass, replace
from datetime import datetime

from accounts.domain.email_change import EmailChange
from accounts.domain.errors import EmailInUse, EmailLinkInvalid
from accounts.domain.user import User
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class IssueEmailLink:
    """`at` is real time."""

    user_id: Id
    at: datetime


@dataclass(frozen=True)
class IssuedEmailLink:
    """Whom to write to, at the new address, and the change with its link."""

    user: User
    change: EmailChange


async def issue_email_link(command: IssueEmailLink, uow: UnitOfWork, now: datetime) -> IssuedEmailLink:
    """None to somebody else's address: its owner gets another mail."""
    user = await uow.users.get(command.user_id)
    granted = [one for one in await uow.email_changes.pending_of(user.id) if one.link is not None]
    if not granted:
        raise EmailLinkInvalid()
    change = granted[-1]
    change.usable_link(command.at)
    if await uow.users.find_by_email(change.email) is not None:
        raise EmailInUse()
    return IssuedEmailLink(replace(user, email=change.email), change)
