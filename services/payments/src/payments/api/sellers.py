"""A seller's money: balance, settlements, payouts."""

from fastapi import APIRouter

from chassis.web.pages import Page, Paging
from payments.api.reader import PayoutReader, Read
from payments.api.schemas import BalanceBody, BalancesBody, PayoutBody, SettlementBody
from payments.api.windows import window_of
from payments.domain.errors import NoSuchSettlement

router = APIRouter(prefix="/v1", tags=["payouts"])


@router.get("/seller/balance")
async def read_seller_balance(reader: PayoutReader, queries: Read) -> BalancesBody:
    """The signed-in seller's money per currency."""
    if reader.seller_id is None:
        raise NoSuchSettlement("only a seller has a balance")
    found = await queries.balances(reader.seller_id)
    return BalancesBody(balances=[BalanceBody.model_validate(one) for one in found])


@router.get("/seller/settlements")
async def list_settlements(reader: PayoutReader, paging: Paging, queries: Read) -> Page[SettlementBody]:
    """What seller orders earned, newest first: the seller's own, or all for operators and auditors."""
    found = await queries.settlements(reader, window_of(paging))
    return paging.page_of(
        found, SettlementBody.model_validate, lambda one: (one.pending_at.isoformat(), one.seller_order_id)
    )


@router.get("/payouts")
async def list_payouts(reader: PayoutReader, paging: Paging, queries: Read) -> Page[PayoutBody]:
    """Payouts, newest first: the seller's own, or all for operators and auditors."""
    found = await queries.payouts(reader, window_of(paging))
    return paging.page_of(found, PayoutBody.model_validate, lambda one: (one.created_at.isoformat(), one.id))
