"""The operator's figures of payments, asked by the gateway."""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from chassis.web.internal import internal_caller
from chassis.web.pages import MoneyBody
from payments.domain.figures import unswept

router = APIRouter(prefix="/internal", dependencies=[Depends(internal_caller)], include_in_schema=False)


class BalanceBody(BaseModel):
    """The sum of all accounts of a kind in one currency, on the side on which the kind grows."""

    kind: str
    balance: MoneyBody
    accounts: int


class FiguresBody(BaseModel):
    """As of `as_of` (business time): balances by kind of account, and commission that still lies at the provider."""

    as_of: datetime
    balances: list[BalanceBody]
    unswept_commission: list[MoneyBody]


@router.get("/figures")
async def read_payment_figures(request: Request) -> FiguresBody:
    """Whose money lies where."""
    found = await request.app.state.figures.balances()
    return FiguresBody(
        as_of=request.app.state.executor.clock.now(),
        balances=[
            BalanceBody(
                kind=one.kind,
                balance=MoneyBody.of(one.balance),
                accounts=one.accounts,
            )
            for one in found
        ],
        unswept_commission=[MoneyBody.of(one) for one in unswept(found)],
    )
