"""All of the payment provider below /psp/v1, behind its API key."""

from fastapi import APIRouter, Depends

from sandbox.api.psp import books, card_payments, payouts, refunds, transfers, users, virtual_accounts, wallets
from sandbox.api.psp.auth import require_api_key

router = APIRouter(prefix="/psp/v1", tags=["payment provider"], dependencies=[Depends(require_api_key)])
for part in (users, wallets, virtual_accounts, transfers, payouts, refunds, card_payments, books):
    router.include_router(part.router)
