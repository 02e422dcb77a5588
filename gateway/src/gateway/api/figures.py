"""The operator's figures at a glance: each service counts its own, and a silent one does not keep the others back."""

import asyncio
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel, ValidationError

from chassis.kernel.errors import NotFound
from chassis.kernel.ids import Id
from chassis.web.auth import Subject, require
from chassis.web.pages import MoneyBody
from gateway.domain.errors import ServiceSilent
from gateway.use_cases.ports import Services

router = APIRouter(prefix="/v1/operator", tags=["operator"])

B = TypeVar("B", bound=BaseModel)


class OrdersInState(BaseModel):
    """How many orders are in a state."""

    state: str
    orders: int


class EndingHold(BaseModel):
    """An order that loses its stock at `hold_until` unless the rest of `gross` comes."""

    order_id: Id
    number: int
    market: str
    state: str
    gross: MoneyBody
    received: MoneyBody
    hold_until: datetime


class OrderFigures(BaseModel):
    """Open orders by state, those that ended in the last 24 hours, and the 20 holds that end next, the first one first.

    `late_parts` seller orders should have left by now; of `asked_about` the sellers owe their buyers an answer about cancelling.
    """

    as_of: datetime
    open: list[OrdersInState]
    ended_last_day: list[OrdersInState]
    holds: list[EndingHold]
    holds_within_a_day: int
    # An older copy of orders does not count them yet.
    late_parts: int = 0
    asked_about: int = 0


class KindBalance(BaseModel):
    """The sum of all ledger accounts of a kind, such as `buyer.escrow`, in one currency; `accounts` are not empty."""

    kind: str
    balance: MoneyBody
    accounts: int


class PaymentFigures(BaseModel):
    """Whose money lies where, and the commission that still lies at the payment provider."""

    as_of: datetime
    balances: list[KindBalance]
    unswept_commission: list[MoneyBody]


class OperatorFigures(BaseModel):
    """Business time stands in each part's `as_of`. A part is null where its service, named in `silent`, did not answer."""

    orders: OrderFigures | None
    payments: PaymentFigures | None
    silent: list[str]


@router.get("/figures")
async def read_operator_figures(
    request: Request, subject: Annotated[Subject, require("audit:read")]
) -> OperatorFigures:
    """Orders by state, holds that end next, and whose money lies where."""
    services: Services = request.app.state.services
    orders, payments = await asyncio.gather(
        _asked(services, "orders", OrderFigures), _asked(services, "payments", PaymentFigures)
    )
    silent = [name for name, part in (("orders", orders), ("payments", payments)) if part is None]
    return OperatorFigures(orders=orders, payments=payments, silent=silent)


async def _asked(services: Services, name: str, shape: type[B]) -> B | None:
    try:
        return shape.model_validate(await services.figures(name))
    except (ServiceSilent, NotFound, ValidationError):
        # Silent, older than we are, or not making sense: all the same to whoever looks at figures.
        return None
