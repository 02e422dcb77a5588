"""The errand that asks catalog what an order comes to, and has it weighed against its buyer's limits."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import httpx

from chassis.db.executor import Executor
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id
from chassis.web.internal import INTERNAL_TOKEN_HEADER
from orders.domain.errors import PartyNotKnownYet, QuoteNotGiven
from orders.domain.order import Order
from orders.domain.reservation import HeldLine, HeldStock, Refusal, RefusedLine
from orders.use_cases.check_limits import CheckLimits, check_limits
from orders.use_cases.prepare_quote import PrepareQuote, prepare_quote


def ask_quote(
    executor: Executor[Any], http: httpx.AsyncClient, catalog_url: str, internal_token: str
) -> Callable[[DueTimer], Awaitable[None]]:
    """`POST {catalog}/internal/quotes`, then the order goes on. A failure is tried again: asking changes nothing there."""

    async def run(timer: DueTimer) -> None:
        order = await executor.run(partial(prepare_quote, PrepareQuote(timer.key)))
        if order is None:
            return
        response = await http.post(
            f"{catalog_url}/internal/quotes", json=_asked(order), headers={INTERNAL_TOKEN_HEADER: internal_token}
        )
        if response.status_code != httpx.codes.OK:
            raise QuoteNotGiven(f"catalog answered {response.status_code}", order=str(order.id))
        command = CheckLimits(order.id, _quote(order.id, response.json()))
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
        "lines": [
            {
                "line_no": line.line_no,
                "offer_id": str(line.offer_id),
                "quantity": line.quantity,
                "unit_price": None
                if line.unit_price is None
                else {"amount": line.unit_price, "currency": order.currency},
            }
            for line in order.lines
        ],
    }


def _quote(order_id: Id, answer: Mapping[str, Any]) -> HeldStock | Refusal:
    if answer["refused"]:
        return Refusal("stock", tuple(_refused(line) for line in answer["refused"]))
    return HeldStock(
        order_id=order_id,
        lines=tuple(_line(line) for line in answer["lines"]),
        shipping={Id(one["seller_id"]): one["fee"]["amount"] for one in answer["shipping"]},
    )


def _refused(line: Mapping[str, Any]) -> RefusedLine:
    return RefusedLine(line["line_no"], Id(line["offer_id"]), line["reason"], line["requested"], line["available"])


def _line(line: Mapping[str, Any]) -> HeldLine:
    return HeldLine(
        line_no=line["line_no"],
        offer_id=Id(line["offer_id"]),
        seller_id=Id(line["seller_id"]),
        sku=line["sku"],
        title=line["title"],
        category=line["category"],
        grade=line["grade"],
        quantity=line["quantity"],
        unit_price=line["unit_price"]["amount"],
        currency=line["unit_price"]["currency"],
        vat_regime=line["vat_regime"],
        ship_from=line["ship_from"],
        warranty_months=line["warranty_months"],
        dispatch_business_days=line["dispatch_business_days"],
    )
