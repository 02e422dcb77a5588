"""An owner invites somebody into the company."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.email_address import new_address
from accounts.domain.errors import InvitationOpen, PersonInCompany, TooManyInvitations
from accounts.domain.invitation import OPEN_MAX, Invitation, InvitationState
from accounts.domain.link_tokens import new_nonce
from accounts.domain.names import check_names
from accounts.domain.scopes import Role, check_role
from accounts.domain.user import Link, UserState
from accounts.use_cases.company_rules import company_rules
from accounts.use_cases.ports import Markets, UnitOfWork
from chassis.kernel.ids import Id, new_id


@dataclass(frozen=True)
class InvitePerson:
    """`at` is real time."""

    company_id: Id
    email: str
    name: str
    role: Role
    at: datetime


async def invite_person(command: InvitePerson, markets: Markets, uow: UnitOfWork, now: datetime) -> Invitation:
    """An address that has an account elsewhere is invited like any other: only its owner learns that, from the link."""
    company = await uow.companies.get(command.company_id)
    company.must_be_active()
    check_role(company.kind, command.role)
    check_names(name=command.name)
    email = new_address(command.email)
    user = await uow.users.find_by_email(email)
    if user is not None and user.company_id == company.id and user.state is not UserState.DEACTIVATED:
        raise PersonInCompany()
    waiting = await uow.invitations.open_of(company.id)
    if any(one.email == email for one in waiting):
        raise InvitationOpen()
    if len(waiting) >= OPEN_MAX:
        raise TooManyInvitations(open_max=OPEN_MAX)
    valid_for = (await company_rules(company, markets, uow, now)).link_valid_for
    invitation = Invitation(
        id=new_id(),
        version=1,
        company_id=company.id,
        state=InvitationState.OPEN,
        email=email,
        name=command.name,
        role=command.role,
        link=Link(new_nonce(), command.at + valid_for, command.at, valid_for),
        invited_at=command.at,
    )
    company, invited = company.invite(invitation.id)
    await uow.invitations.add(invitation)
    await uow.companies.save(company)
    uow.publish(invited)
    return invitation
