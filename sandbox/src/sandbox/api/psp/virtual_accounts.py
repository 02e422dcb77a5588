"""Virtual IBANs at the payment provider."""

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from sandbox.api.common import (
    Answer,
    Country,
    Currency,
    Name,
    PageOut,
    ReferenceFilter,
    RequestBody,
    TheWindow,
    TheWorld,
    page_out,
)
from sandbox.api.psp.once import OnlyOnce
from sandbox.storage.accounts import list_virtual_accounts
from sandbox.use_cases.open_virtual_account import OpenVirtualAccount, open_virtual_account

router = APIRouter()


class VirtualAccountRequest(RequestBody):
    wallet_id: Name
    reference: Name
    holder_name: Name
    country: Country = "FR"
    currency: Currency


class VirtualAccountAnswer(Answer):
    id: str
    reference: str
    wallet_id: str
    iban: str
    bic: str
    holder_name: str
    country: str
    currency: str
    created_at: datetime


@router.post("/virtual-accounts", status_code=201, response_model=VirtualAccountAnswer)
async def post_virtual_account(body: VirtualAccountRequest, once: OnlyOnce) -> JSONResponse:
    """Open an IBAN in `country`; money sent to it is credited to the wallet."""
    command = OpenVirtualAccount(body.wallet_id, body.reference, body.holder_name, body.country, body.currency)
    return await once.answer(
        body,
        VirtualAccountAnswer,
        lambda tx, now, _: open_virtual_account(command, tx, now),
        fault_at="psp.virtual_accounts",
    )


@router.get("/virtual-accounts")
async def get_virtual_accounts(
    world: TheWorld, window: TheWindow, reference: ReferenceFilter = None
) -> PageOut[VirtualAccountAnswer]:
    """Virtual accounts, newest first."""
    async with world.engine.connect() as tx:
        return page_out(await list_virtual_accounts(tx, reference, window), VirtualAccountAnswer.model_validate)
