"""Shapes of contested documents."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.web.text import STORABLE
from payments.domain.contest import ContestReason, ContestState, DismissalReason

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000), STORABLE]


class ContestRequest(BaseModel, extra="forbid"):
    """What is wrong on the document, as a code and in words; the operator reads them."""

    reason: ContestReason
    says: Words


class UpholdingRequest(BaseModel, extra="forbid"):
    """What the seller is told."""

    answer: Words


class DismissalRequest(BaseModel, extra="forbid"):
    """Why the document stays, as a code and in words for the seller."""

    reason: DismissalReason
    answer: Words


class ContestBody(BaseModel):
    """A contested document. `contest_until` was the last second for it; `answer` is the operator's.

    An upheld one names the credit note of the whole document and the invoice that takes its place.
    """

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    state: ContestState
    invoice_id: UUID
    number: str
    order_id: UUID
    seller_id: UUID
    buyer_id: UUID
    reason: ContestReason
    says: str
    contest_until: datetime
    opened_at: datetime
    answer: str | None
    dismissal: DismissalReason | None
    credit_note_id: UUID | None
    corrected_invoice_id: UUID | None = Field(validation_alias="corrected_id")
    decided_at: datetime | None
