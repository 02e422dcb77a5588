"""Invitations into a company: send, send again, take back, accept."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, status
from starlette.responses import Response

from accounts.api import shapes
from accounts.api.people_schemas import AcceptanceRequest, InvitationBody, InvitationRequest
from accounts.api.schemas import CompanyStateBody
from accounts.api.state import Given
from accounts.domain.invitation import Invitation
from accounts.domain.user import check_password
from accounts.use_cases.accept_invitation import AcceptInvitation, accept_invitation
from accounts.use_cases.invite_person import InvitePerson, invite_person
from accounts.use_cases.send_invitation_again import SendInvitationAgain, send_invitation_again
from accounts.use_cases.withdraw_invitation import WithdrawInvitation, withdraw_invitation
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging
from chassis.web.writes import Write

router = APIRouter(prefix="/v1/company/invitations", tags=["accounts"])
acceptances = APIRouter(prefix="/v1/invitation-acceptances", tags=["accounts"])

Owner = Annotated[Subject, require("account:write")]


@router.get("")
async def list_invitations(
    subject: Annotated[Subject, require("account:read")], paging: Paging, given: Given
) -> Page[InvitationBody]:
    """All invitations of the company, answered ones too."""
    found = await given.queries.invitations(subject.company_id, paging.after_id, paging.limit + 1)
    return paging.page_of(found, _invitation)


@router.post("", status_code=status.HTTP_201_CREATED, response_model=InvitationBody)
async def invite_into_company(body: InvitationRequest, subject: Owner, write: Write, given: Given) -> Response:
    """Mail somebody a link into the company. The answer is the same whether the address has an account elsewhere or not."""
    command = InvitePerson(subject.company_id, body.email, body.name, body.role, real_now())
    work = partial(invite_person, command, given.markets)
    return await write.answer(subject.tenant, work, _invitation, status=status.HTTP_201_CREATED)


@router.post("/{invitation_id}/mails", status_code=status.HTTP_201_CREATED, response_model=InvitationBody)
async def mail_invitation_again(invitation_id: Id, subject: Owner, write: Write) -> Response:
    """Send the mail again with a new link, at most once a minute; the link before works no longer."""
    work = partial(send_invitation_again, SendInvitationAgain(subject.company_id, invitation_id, real_now()))
    return await write.answer(subject.tenant, work, _invitation, status=status.HTTP_201_CREATED)


@router.post("/{invitation_id}/withdrawal", status_code=status.HTTP_201_CREATED, response_model=InvitationBody)
async def take_invitation_back(invitation_id: Id, subject: Owner, write: Write) -> Response:
    """Take an open invitation back: its link works no longer."""
    work = partial(withdraw_invitation, WithdrawInvitation(subject.company_id, invitation_id))
    return await write.answer(subject.tenant, work, _invitation, status=status.HTTP_201_CREATED)


@acceptances.post("")
async def accept_invitation_link(body: AcceptanceRequest, given: Given) -> CompanyStateBody:
    """Set a password (at least 12 characters) with the token of the mail's link; it works once."""
    # The signature is checked first: a made-up token must not make us hash anything.
    token = given.invitation_tokens.read(body.token)
    check_password(body.password)
    command = AcceptInvitation(token, await given.passwords.hash(body.password), real_now())
    return shapes.company_state(await given.executor.run(partial(accept_invitation, command)))


def _invitation(invitation: Invitation) -> InvitationBody:
    return InvitationBody(
        id=invitation.id,
        version=invitation.version,
        state=invitation.state,
        email=invitation.email,
        name=invitation.name,
        role=invitation.role,
        invited_at=invitation.invited_at,
        expires_at=invitation.link.expires_at,
    )
