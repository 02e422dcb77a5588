"""The mail of an invitation did not arrive, or its link is too old."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import InvitationNotFound
from accounts.domain.invitation import Invitation
from accounts.domain.link_tokens import new_nonce
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class SendInvitationAgain:
    """`at` is real time."""

    company_id: Id
    invitation_id: Id
    at: datetime


async def send_invitation_again(command: SendInvitationAgain, uow: UnitOfWork, now: datetime) -> Invitation:
    """With a new link; the one before works no longer."""
    invitation = await uow.invitations.get(command.invitation_id)
    if invitation.company_id != command.company_id:
        raise InvitationNotFound(id=str(command.invitation_id))
    invitation = invitation.send_again(new_nonce(), command.at)
    company, invited = (await uow.companies.get(command.company_id)).invite(invitation.id)
    await uow.invitations.save(invitation)
    await uow.companies.save(company)
    uow.publish(invited)
    return invitation
