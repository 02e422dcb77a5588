"""Transfers between wallets at the payment provider."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field

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
from sandbox.storage.transfers import list_transfers
from sandbox.use_cases.transfer_money import TransferMoney, transfer_money

router = APIRouter()


class TransferRequest(RequestBody):
    reference: Name
    from_wallet_id: Name
    to_wallet_id: Name
    amount: MoneyIn
    metadata: Annotated[dict[Name, FreeText], Field(max_length=50, default_factory=dict)]


class TransferAnswer(Answer):
    id: str
    reference: str
    from_wallet_id: str
    to_wallet_id: str
    amount: MoneyOut
    metadata: dict[str, str]
    created_at: datetime


@router.post("/transfers", status_code=201, response_model=TransferAnswer)
async def post_transfer(body: TransferRequest, once: OnlyOnce) -> JSONResponse:
    """Move money at once; 409 `insufficient_funds` where the wallet holds less."""
    command = TransferMoney(
        body.reference, body.from_wallet_id, body.to_wallet_id, body.amount.to_money(), body.metadata
    )
    return await once.answer(
        body, TransferAnswer, lambda tx, now, _: transfer_money(command, tx, now), fault_at="psp.transfers"
    )


@router.get("/transfers")
async def get_transfers(
    world: TheWorld, window: TheWindow, reference: ReferenceFilter = None
) -> PageOut[TransferAnswer]:
    """Transfers, newest first."""
    async with world.engine.connect() as tx:
        return page_out(await list_transfers(tx, reference, window), TransferAnswer.model_validate)
