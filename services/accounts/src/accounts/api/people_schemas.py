"""Request and response shapes of a company's people and invitations."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from accounts.api.schemas import Email, Request, Text
from accounts.domain.scopes import Role


class PersonOfCompanyBody(BaseModel):
    """A person: pending, active or deactivated, with the role and the scopes that come with it."""

    id: UUID
    version: int
    state: str
    email: str
    name: str
    role: str
    scopes: list[str]


class RoleRequest(Request):
    """Buyers: owner, buyer, approver, accountant, read_only. Sellers: owner, stock, fulfilment, accountant, read_only."""

    role: Role


class InvitationRequest(RoleRequest):
    """Whom to invite, and as what."""

    email: Email
    name: Text


class InvitationBody(BaseModel):
    """An invitation: open, accepted or withdrawn. After `expires_at` its link works no more until it is sent again."""

    id: UUID
    version: int
    state: str
    email: str
    name: str
    role: str
    invited_at: datetime
    expires_at: datetime


class AcceptanceRequest(Request):
    """The token of the mail's link, and the password to set (at least 12 characters)."""

    token: Annotated[str, StringConstraints(max_length=200)]
    password: str
