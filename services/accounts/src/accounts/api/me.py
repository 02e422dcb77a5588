"""Who am I, and for which company."""

from typing import Annotated

from fastapi import APIRouter

from accounts.api import shapes
from accounts.api.schemas import MeBody
from accounts.api.state import Given
from accounts.domain.scopes import SELF, Grant
from chassis.web.auth import Subject, require

router = APIRouter(prefix="/v1", tags=["accounts"])


@router.get("/me")
async def read_me(subject: Annotated[Subject, require("account:read", SELF)], given: Given) -> MeBody:
    """The person or API key behind the token, its company and its scopes."""
    account = await given.queries.account(subject.company_id)
    user = await given.queries.user(subject.id)
    grant = Grant(subject.id, subject.company_id, subject.kind, subject.market, subject.scopes)
    return MeBody(
        subject=shapes.subject(grant),
        email=user.email if user else None,
        name=user.name if user else None,
        company=shapes.company(account.company),
    )
