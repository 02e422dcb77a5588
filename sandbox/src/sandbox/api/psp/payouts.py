"""Pay-outs from wallets to bank accounts."""

from datetime import datetime, timedelta
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from sandbox.api.common import (
    Answer,
    FreeText,
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
from sandbox.use_cases.create_payout import CreatePayout, create_payout

router = APIRouter()


class PayoutRequest(RequestBody):
    reference: Name
    wallet_id: Name
    creditor_name: Name
    creditor_iban: Name
    amount: MoneyIn
    remittance: FreeText = ""


class PayoutAnswer(Answer):
    id: str
    reference: str
    wallet_id: str
    creditor_name: str
    creditor_iban: str
    amount: MoneyOut
    remittance: str
    status: Literal["created", "settled", "failed"]
    failure_reason: str | None
    created_at: datetime
    finished_at: datetime | None


@router.post("/payouts", status_code=201, response_model=PayoutAnswer)
async def post_payout(body: PayoutRequest, world: TheWorld, once: OnlyOnce) -> JSONResponse:
    """Send money out; a webhook `payout.settled` or `payout.failed` follows."""
    settle_after = timedelta(seconds=world.settings.settle_after_seconds)

    def command(told_to_fail: bool) -> CreatePayout:
        return CreatePayout(
            reference=body.reference,
            wallet_id=body.wallet_id,
            creditor_name=body.creditor_name,
            creditor_iban=body.creditor_iban,
            amount=body.amount.to_money(),
            remittance=body.remittance,
            told_to_fail=told_to_fail,
            settle_after=settle_after,
        )

    return await once.answer(
        body,
        PayoutAnswer,
        lambda tx, now, fault: create_payout(command(fault is not None and fault.mode == FAIL), tx, now),
        fault_at="psp.payouts",
    )


@router.get("/payouts")
async def get_payouts(world: TheWorld, window: TheWindow, reference: ReferenceFilter = None) -> PageOut[PayoutAnswer]:
    """Pay-outs, newest first."""
    async with world.engine.connect() as tx:
        return page_out(await list_outgoings(tx, "payout", reference, window), PayoutAnswer.model_validate)


@router.get("/payouts/{payout_id}")
async def get_payout(payout_id: Name, world: TheWorld) -> PayoutAnswer:
    """One pay-out as it stands now."""
    async with world.engine.connect() as tx:
        return PayoutAnswer.model_validate(await get_outgoing(tx, "payout", payout_id))
