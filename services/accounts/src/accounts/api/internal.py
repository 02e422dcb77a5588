"""What only our own machines may ask: tokens for API keys, party snapshots, people to write to and their links."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from accounts.api.schemas import TokenBody
from accounts.api.state import Given
from accounts.api.tokens import token_body
from accounts.domain.errors import ApiKeyRefused, CompanyNotActive, UserNotFound
from accounts.domain.link_tokens import LinkToken, LinkTokens
from accounts.domain.party import party_of
from accounts.domain.revocation import MATTERS_FOR
from accounts.domain.user import User, UserState
from accounts.use_cases.exchange_api_key import ExchangeApiKey, exchange_api_key
from accounts.use_cases.issue_activation_link import IssueActivationLink, IssuedLink, issue_activation_link
from accounts.use_cases.issue_email_link import IssueEmailLink, issue_email_link
from accounts.use_cases.issue_invitation_link import IssueInvitationLink, issue_invitation_link
from accounts.use_cases.issue_password_link import IssuePasswordLink, issue_password_link
from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id
from chassis.web.internal import internal_caller
from chassis.web.problems import Problem

router = APIRouter(prefix="/internal", dependencies=[Depends(internal_caller)], include_in_schema=False)


class TokenRequest(BaseModel, extra="forbid"):
    """An API key as its owner sent it."""

    api_key: str


class LinkRequest(BaseModel, extra="forbid"):
    """Whose mail is being written."""

    user_id: UUID


class InvitationLinkRequest(BaseModel, extra="forbid"):
    """Which invitation is being mailed."""

    invitation_id: UUID


class PersonBody(BaseModel):
    """Whom to write to."""

    company_id: UUID
    email: str
    name: str
    language: str


class LinkBody(PersonBody):
    """With the token that goes into the link."""

    link_token: str
    expires_at: datetime


class RevocationBody(BaseModel):
    """A session, key or company whose tokens made up to this moment are refused."""

    subject_id: UUID
    revoked_at: datetime


@router.post("/tokens")
async def exchange_key(body: TokenRequest, given: Given) -> TokenBody:
    """A short token for an API key; 401 for an unknown or revoked key, or a closed company's."""
    try:
        grant = await given.executor.run(partial(exchange_api_key, ExchangeApiKey(body.api_key, real_now())))
    except (ApiKeyRefused, CompanyNotActive) as refusal:
        raise Problem(401, refusal.code, refusal.title) from refusal
    return await token_body(grant, given)


@router.get("/parties/{company_id}")
async def read_party(company_id: Id, given: Given) -> dict[str, Any]:
    """The party snapshot of a company, for papers and payouts."""
    account = await given.queries.account(company_id)
    return party_of(account.company, account.seller)


@router.post("/activation-links")
async def make_activation_link(body: LinkRequest, given: Given) -> LinkBody:
    """The same link on every call while it is unused and young enough; 409 `activation_link_used` afterwards."""
    issued = await given.executor.run(partial(issue_activation_link, IssueActivationLink(body.user_id, real_now())))
    return await _link(issued, given.activation_tokens, given)


@router.post("/password-links")
async def make_password_link(body: LinkRequest, given: Given) -> LinkBody:
    """The newest link for a new password; 422 `password_link_invalid` or 409 `password_link_expired` if there is none."""
    issued = await given.executor.run(partial(issue_password_link, IssuePasswordLink(body.user_id, real_now())))
    return await _link(issued, given.password_tokens, given)


@router.post("/email-links")
async def make_email_link(body: LinkRequest, given: Given) -> LinkBody:
    """The link that proves a new address, to be mailed there; 409 or 422 if there is none, or somebody has that address."""
    issued = await given.executor.run(partial(issue_email_link, IssueEmailLink(body.user_id, real_now())))
    link = issued.change.usable_link(real_now())
    return LinkBody(
        **await _person(issued.user, given),
        link_token=given.email_tokens.write(LinkToken(issued.change.id, link.nonce)),
        expires_at=link.expires_at,
    )


@router.post("/invitation-links")
async def make_invitation_link(body: InvitationLinkRequest, given: Given) -> LinkBody:
    """The newest link of an invitation; 409 or 422 if there is no use for it by now."""
    command = IssueInvitationLink(body.invitation_id, real_now())
    invitation = await given.executor.run(partial(issue_invitation_link, command))
    account = await given.queries.account(invitation.company_id)
    return LinkBody(
        company_id=invitation.company_id,
        email=invitation.email,
        name=invitation.name,
        language=account.company.language,
        link_token=given.invitation_tokens.write(LinkToken(invitation.id, invitation.link.nonce)),
        expires_at=invitation.link.expires_at,
    )


@router.get("/people/{user_id}")
async def read_person(user_id: Id, given: Given) -> PersonBody:
    """A person to write to."""
    user = await given.queries.user(user_id)
    if user is None or user.state is UserState.ERASED:
        raise UserNotFound(id=str(user_id))
    return PersonBody(**await _person(user, given))


@router.get("/revocations")
async def read_revocations(given: Given) -> list[RevocationBody]:
    """Every sign-in that was taken back so lately that a token of it may still be about.

    Nobody is given "those after the last one seen": of two transactions the later one may have begun first.
    """
    kept = await given.queries.revocations(real_now() - MATTERS_FOR)
    return [RevocationBody(subject_id=one.subject_id, revoked_at=one.at) for one in kept]


async def _link(issued: IssuedLink, tokens: LinkTokens, given: Given) -> LinkBody:
    return LinkBody(
        **await _person(issued.user, given),
        link_token=tokens.write(LinkToken(issued.user.id, issued.link.nonce)),
        expires_at=issued.link.expires_at,
    )


async def _person(user: User, given: Given) -> dict[str, Any]:
    account = await given.queries.account(user.company_id)
    return {
        "company_id": user.company_id,
        "email": user.email,
        "name": user.name,
        "language": account.company.language,
    }
