"""Somebody opens the link of an invitation, sets a password and is in the company."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.company import Company
from accounts.domain.errors import EmailInUse, InvitationLinkInvalid
from accounts.domain.invitation import Invitation
from accounts.domain.link_tokens import LinkToken
from accounts.domain.membership import rejoined
from accounts.domain.user import User, UserState
from accounts.use_cases.ports import UnitOfWork
from accounts.use_cases.record_own_act import record_own_act
from chassis.kernel.ids import new_id


@dataclass(frozen=True)
class AcceptInvitation:
    """`at` is real time; the password is hashed before, outside of the transaction."""

    token: LinkToken
    password_hash: str
    at: datetime


async def accept_invitation(command: AcceptInvitation, uow: UnitOfWork, now: datetime) -> Company:
    """Once and in time. An address with an account elsewhere is told so here, to whom it belongs, and nowhere else."""
    invitation = await uow.invitations.find(command.token.subject_id)
    if invitation is None:
        raise InvitationLinkInvalid()
    invitation.check_link(command.token.nonce, command.at)
    company = await uow.companies.get(invitation.company_id)
    company.must_be_active()
    user = await _join(invitation, company.kind, command.password_hash, uow)
    company, joined = company.person_changed("people", user.id)
    await uow.invitations.save(invitation.accept())
    await uow.companies.save(company)
    uow.publish(joined)
    await record_own_act("accept_invitation_link", user, uow, now)
    return company


async def _join(invitation: Invitation, kind: str, password_hash: str, uow: UnitOfWork) -> User:
    known = await uow.users.find_by_email(invitation.email)
    if known is not None:
        if known.company_id != invitation.company_id or known.state is not UserState.DEACTIVATED:
            raise EmailInUse()
        back = rejoined(known, invitation.name, invitation.role, password_hash)
        await uow.users.save(back)
        return back
    user = User(
        id=new_id(),
        version=1,
        company_id=invitation.company_id,
        kind=kind,
        state=UserState.ACTIVE,
        email=invitation.email,
        name=invitation.name,
        password_hash=password_hash,
        role=invitation.role,
    )
    await uow.users.add(user)
    return user
