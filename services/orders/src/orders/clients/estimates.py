"""The errand that asks catalog what an order comes to, and has it weighed against its buyer's limits."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import httpx

from chassis.db.executor import Executor
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id
from chassis.web.internal import INTERNAL_TOKEN_HEADER
from orders.domain.errors import EstimateNotGiven, PartyNotKnownYet
from orders.domain.order import Order
from orders.domain.reservation import HeldStock, Refusal, held_stock, refusal_of
from orders.use_cases.check_limits import CheckLimits, check_limits
from orders.use_cases.prepare_estimate import PrepareEstimate, prepare_estimate


def ask_estimate(
    executor: Executor[Any], http: httpx.AsyncClient, catalog_url: str, internal_token: str
) -> Callable[[DueTimer], Awaitable[None]]:
    """`POST {catalog}/internal/estimates`, then the order goes on. A failure is tried again: asking changes nothing there."""

    async def run(timer: DueTimer) -> None:
        order = await executor.run(partial(prepare_estimate, PrepareEstimate(timer.key)))
        if order is None:
            return
        response = await http.post(
            f"{catalog_url}/internal/estimates", json=_asked(order), headers={INTERNAL_TOKEN_HEADER: internal_token}
        )
        if response.status_code != httpx.codes.OK:
            raise EstimateNotGiven(f"catalog answered {response.status_code}", order=str(order.id))
        command = CheckLimits(order.id, _estimate(order.id, response.json()))
        missing = await executor.run(partial(check_limits, command))
        if missing:
            raise PartyNotKnownYet(companies=[str(id) for id in missing])

    return run


def _asked(order: Order) -> dict[str, Any]:
    return {
        "order_id": str(order.id),
        "market": order.market,
        "price_country": order.price_country,
        "currency": order.currency,
        "buyer_id": str(order.buyer_id),
        "award_id": None if order.award_id is None else str(order.award_id),
        "delivery_country": order.deliver_to.country,
        "lines": [
            {
                "line_no": line.line_no,
                "offer_id": str(line.offer_id),
                "quantity": line.quantity,
                "unit_price": None
                if line.unit_price is None
                else {"amount": line.unit_price, "currency": order.currency},
                "options": list(line.options),
            }
            for line in order.lines
        ],
    }


def _estimate(order_id: Id, answer: Mapping[str, Any]) -> HeldStock | Refusal:
    if answer["refused"] or answer.get("reason"):
        return refusal_of(answer)
    return held_stock({**answer, "order_id": str(order_id)})
