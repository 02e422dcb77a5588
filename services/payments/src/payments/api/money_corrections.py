"""Money that finance moves by hand: one person proposes, another one confirms."""

from datetime import datetime, timedelta
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import Response

from chassis.kernel.ids import Id
from chassis.kernel.money import Money
from chassis.kernel.proposals import Proposal, ProposalState
from chassis.web.auth import Subject, require
from chassis.web.pages import MoneyBody, Page, Paging
from chassis.web.text import STORABLE
from chassis.web.writes import Write
from payments.api.reader import Read
from payments.domain.money_correction import CorrectionKind
from payments.use_cases.confirm_correction import ConfirmCorrection, confirm_correction
from payments.use_cases.propose_correction import ProposeCorrection, propose_correction
from payments.use_cases.withdraw_correction import WithdrawCorrection, withdraw_correction

router = APIRouter(prefix="/v1/operator/money-corrections", tags=["operator"])

Finance = Annotated[Subject, require("operator:money")]


class AmountRequest(BaseModel, extra="forbid"):
    """What shall move, in minor units."""

    amount: Annotated[int, Field(gt=0, le=10**12, strict=True)]
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]


class CorrectionRequest(BaseModel, extra="forbid"):
    """What to move and why. `return_unapplied`: `subject_id` is a bank line, and the amount all of it that is on no order.

    `advance_refund`: `subject_id` is a credit note, and the amount the most that the platform puts in. The reason is kept
    for ever; it names no person.
    """

    kind: CorrectionKind
    subject_id: UUID
    amount: AmountRequest
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500), STORABLE]


class CorrectionBody(BaseModel):
    """A proposal. Only a person other than `proposed_by` confirms it; after `lapses_at` nobody can."""

    id: UUID
    version: int
    state: ProposalState
    kind: CorrectionKind
    subject_id: UUID
    amount: MoneyBody
    reason: str
    proposed_by: UUID
    proposed_at: datetime
    lapses_at: datetime
    decided_by: UUID | None = Field(description="Who confirmed or withdrew it")
    decided_at: datetime | None


async def _lives(request: Request) -> timedelta:
    lives: timedelta = request.app.state.proposals_live
    return lives


@router.post("", status_code=201, response_model=CorrectionBody)
async def propose_money_correction(
    body: CorrectionRequest, subject: Finance, write: Write, lives: Annotated[timedelta, Depends(_lives)]
) -> Response:
    """Propose to move money by hand. Nothing moves until another person confirms it; API keys neither propose nor confirm."""
    amount = Money(body.amount.amount, body.amount.currency)
    command = ProposeCorrection(body.kind, body.subject_id, amount, body.reason, _person(subject), lives)
    return await write.answer(
        subject.tenant,
        partial(propose_correction, command),
        _body,
        status=201,
        location=lambda one: f"/v1/operator/money-corrections/{one.id}",
    )


@router.get("")
async def list_money_corrections(
    subject: Finance, paging: Paging, queries: Read, state: ProposalState | None = None
) -> Page[CorrectionBody]:
    """What was proposed, oldest first; `state=pending` is what waits for a second person."""
    found = await queries.corrections(state, paging.after_id, paging.limit + 1)
    return paging.page_of(found, _body)


@router.post("/{correction_id}/confirmation", status_code=201, response_model=CorrectionBody)
async def confirm_money_correction(correction_id: Id, subject: Finance, write: Write) -> Response:
    """Let the money move. 403 `second_person_needed` for who proposed it; 409 where it cannot be done any more."""
    work = partial(confirm_correction, ConfirmCorrection(correction_id, _person(subject)))
    return await write.answer(subject.tenant, work, _body, status=201)


@router.post("/{correction_id}/withdrawal", status_code=201, response_model=CorrectionBody)
async def withdraw_money_correction(correction_id: Id, subject: Finance, write: Write) -> Response:
    """Take a proposal back, or decline somebody else's."""
    work = partial(withdraw_correction, WithdrawCorrection(correction_id, _person(subject)))
    return await write.answer(subject.tenant, work, _body, status=201)


def _person(subject: Subject) -> Id | None:
    return subject.id if subject.session_id is not None else None


def _body(proposal: Proposal) -> CorrectionBody:
    terms = proposal.terms
    values = {name: value for name, value in vars(proposal).items() if name in CorrectionBody.model_fields}
    return CorrectionBody(**values, amount=MoneyBody(amount=terms["amount"], currency=terms["currency"]))
