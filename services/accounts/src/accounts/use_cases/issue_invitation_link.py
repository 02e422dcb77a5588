"""The gateway is about to write the mail of an invitation and needs the link."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.invitation import Invitation
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class IssueInvitationLink:
    """`at` is real time."""

    invitation_id: Id
    at: datetime


async def issue_invitation_link(command: IssueInvitationLink, uow: UnitOfWork, now: datetime) -> Invitation:
    """With its newest link. One that is used, taken back or too old by now is refused: its mail would only confuse."""
    invitation = await uow.invitations.get(command.invitation_id)
    invitation.check_link(invitation.link.nonce, command.at)
    return invitation
