"""An owner takes an invitation back."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.errors import InvitationNotFound
from accounts.domain.invitation import Invitation
from accounts.use_cases.ports import UnitOfWork
from chassis.kernel.ids import Id


@dataclass(frozen=True)
class WithdrawInvitation:
    """Whose, and which one."""

    company_id: Id
    invitation_id: Id


async def withdraw_invitation(command: WithdrawInvitation, uow: UnitOfWork, now: datetime) -> Invitation:
    """A link that is in a mailbox already works no longer."""
    invitation = await uow.invitations.get(command.invitation_id)
    if invitation.company_id != command.company_id:
        raise InvitationNotFound(id=str(command.invitation_id))
    invitation = invitation.withdraw()
    await uow.invitations.save(invitation)
    return invitation
