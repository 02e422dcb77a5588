"""Refunds: those that send bank credits back are made here, those of card captures beside the captures."""

from datetime import datetime, timedelta
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

from sandbox.api.common import (
    Answer,
    MoneyIn,
    MoneyOut,
    Name,
    PageOut,
    ReferenceFilter,
    RequestBody,
    TheWindow,
    TheWorld,
    page_out,
)
from sandbox.api.psp.once import OnlyOnce
from sandbox.domain.faults import FAIL
from sandbox.storage.outgoings import get_outgoing, list_outgoings
from sandbox.use_cases.create_refund import CreateRefund, create_refund

router = APIRouter()


class RefundRequest(RequestBody):
    reference: Name
    credit_id: Name
    wallet_id: Name
    amount: MoneyIn
    debtor_iban: Name | None = None


class RefundAnswer(Answer):
    """Of a bank credit or of a card capture; a card has no `debtor_iban`."""

    id: str
    reference: str
    credit_id: str | None
    capture_id: str | None
    wallet_id: str
    debtor_iban: str = Field(validation_alias="creditor_iban")
    amount: MoneyOut
    status: Literal["created", "settled", "failed"]
    failure_reason: str | None
    created_at: datetime
    finished_at: datetime | None


@router.post("/refunds", status_code=201, response_model=RefundAnswer)
async def post_refund(body: RefundRequest, world: TheWorld, once: OnlyOnce) -> JSONResponse:
    """Send (part of) a credit back, to where it came from unless `debtor_iban` says otherwise.

    A webhook `refund.settled` or `refund.failed` follows; a failed refund may be tried again.
    """
    settle_after = timedelta(seconds=world.settings.settle_after_seconds)

    def command(told_to_fail: bool) -> CreateRefund:
        return CreateRefund(
            reference=body.reference,
            credit_id=body.credit_id,
            wallet_id=body.wallet_id,
            amount=body.amount.to_money(),
            debtor_iban=body.debtor_iban,
            told_to_fail=told_to_fail,
            settle_after=settle_after,
        )

    return await once.answer(
        body,
        RefundAnswer,
        lambda tx, now, fault: create_refund(command(fault is not None and fault.mode == FAIL), tx, now),
        fault_at="psp.refunds",
    )


@router.get("/refunds")
async def get_refunds(world: TheWorld, window: TheWindow, reference: ReferenceFilter = None) -> PageOut[RefundAnswer]:
    """Refunds, newest first."""
    async with world.engine.connect() as tx:
        return page_out(await list_outgoings(tx, "refund", reference, window), RefundAnswer.model_validate)


@router.get("/refunds/{refund_id}")
async def get_refund(refund_id: Name, world: TheWorld) -> RefundAnswer:
    """One refund as it stands now."""
    async with world.engine.connect() as tx:
        return RefundAnswer.model_validate(await get_outgoing(tx, "refund", refund_id))
