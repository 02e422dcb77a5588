"""The gateway is about to write the mail for a new password and needs the link."""

from dataclasses import dataclass
from datetime import datetime

from accounts.use_cases.issue_activation_link import IssuedLink
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class IssuePasswordLink:
    """`at` is real time."""

    user_id: Id
    at: datetime


async def issue_password_link(command: IssuePasswordLink, uow: UnitOfWork, now: datetime) -> IssuedLink:
    """The newest link. One that is used or too old by now is refused: its mail would only confuse."""
    user = await uow.users.get(command.user_id)
    return IssuedLink(user, user.usable_password_link(command.at))
