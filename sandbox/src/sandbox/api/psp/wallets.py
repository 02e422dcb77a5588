"""Wallets at the payment provider."""

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from sandbox.api.common import (
    Answer,
    Currency,
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
from sandbox.storage.accounts import get_wallet, list_wallets
from sandbox.use_cases.open_wallet import OpenWallet, open_wallet

router = APIRouter()


class WalletRequest(RequestBody):
    owner_id: Name
    reference: Name
    currency: Currency


class WalletAnswer(Answer):
    id: str
    owner_id: str
    reference: str
    currency: str
    balance: MoneyOut
    created_at: datetime


@router.post("/wallets", status_code=201, response_model=WalletAnswer)
async def post_wallet(body: WalletRequest, once: OnlyOnce) -> JSONResponse:
    """Open an empty wallet for a user."""
    command = OpenWallet(body.owner_id, body.reference, body.currency)
    return await once.answer(body, WalletAnswer, lambda tx, now, _: open_wallet(command, tx, now))


@router.get("/wallets")
async def get_wallets(world: TheWorld, window: TheWindow, reference: ReferenceFilter = None) -> PageOut[WalletAnswer]:
    """Wallets with their balances, newest first."""
    async with world.engine.connect() as tx:
        return page_out(await list_wallets(tx, reference, window), WalletAnswer.model_validate)


@router.get("/wallets/{wallet_id}")
async def get_one_wallet(wallet_id: Name, world: TheWorld) -> WalletAnswer:
    """One wallet with its balance."""
    async with world.engine.connect() as tx:
        return WalletAnswer.model_validate(await get_wallet(tx, wallet_id))
