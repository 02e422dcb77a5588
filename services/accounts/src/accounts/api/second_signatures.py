"""What waits for a second person of the operator's staff."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from accounts.api.state import Given
from chassis.kernel.proposals import Proposal
from chassis.web.auth import Subject, require
from chassis.web.pages import Page, Paging

router = APIRouter(prefix="/v1/operator/second-signatures", tags=["operator"])


class SecondSignatureBody(BaseModel):
    """A first signature. `subject_id` is what was signed: for `payout_account` a change request."""

    kind: str
    subject_id: UUID
    signed_by: UUID = Field(description="The person who cannot be the second one")
    signed_at: datetime
    lapses_at: datetime


@router.get("")
async def list_second_signatures(
    subject: Annotated[Subject, require("operator:companies", "operator:money")], paging: Paging, given: Given
) -> Page[SecondSignatureBody]:
    """Other bank accounts of sellers that one person has signed and that wait for another one, of finance."""
    found = await given.queries.pending_signatures(paging.after_id, paging.limit + 1)
    return paging.page_of(found, _body)


def _body(proposal: Proposal) -> SecondSignatureBody:
    return SecondSignatureBody(
        kind=proposal.kind,
        subject_id=proposal.subject_id,
        signed_by=proposal.proposed_by,
        signed_at=proposal.proposed_at,
        lapses_at=proposal.lapses_at,
    )
