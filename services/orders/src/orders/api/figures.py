"""The operator's figures of orders, asked by the gateway."""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from chassis.kernel.ids import Id
from chassis.web.internal import internal_caller
from chassis.web.pages import MoneyBody
from orders.domain.figures import EndingHold

router = APIRouter(prefix="/internal", dependencies=[Depends(internal_caller)], include_in_schema=False)


class StateBody(BaseModel):
    """How many orders are in a state."""

    state: str
    orders: int


class HoldBody(BaseModel):
    """A hold that ends at `hold_until` unless the rest of the money comes."""

    order_id: Id
    number: int
    market: str
    state: str
    gross: MoneyBody
    received: MoneyBody
    hold_until: datetime


class FiguresBody(BaseModel):
    """As of `as_of` (business time): all open orders, those that ended in the last 24 hours, the 20 holds that end next.

    `late_parts`: seller orders that should have left; `asked_about`: those whose sellers owe their buyers an answer.
    """

    as_of: datetime
    open: list[StateBody]
    ended_last_day: list[StateBody]
    holds: list[HoldBody]
    holds_within_a_day: int
    late_parts: int
    asked_about: int


@router.get("/figures")
async def read_order_figures(request: Request) -> FiguresBody:
    """How the orders stand."""
    now = request.app.state.executor.clock.now()
    found = await request.app.state.figures.read(now)
    return FiguresBody(
        as_of=now,
        open=[StateBody(state=state, orders=count) for state, count in found.open.items()],
        ended_last_day=[StateBody(state=state, orders=count) for state, count in found.ended.items()],
        holds=[_hold(hold) for hold in found.holds],
        holds_within_a_day=found.holds_within_a_day,
        late_parts=found.late_parts,
        asked_about=found.asked_about,
    )


def _hold(hold: EndingHold) -> HoldBody:
    return HoldBody(
        order_id=hold.order_id,
        number=hold.number,
        market=hold.market,
        state=hold.state,
        gross=MoneyBody(amount=hold.gross, currency=hold.currency),
        received=MoneyBody(amount=hold.received, currency=hold.currency),
        hold_until=hold.hold_until,
    )
