"""Asks catalog what the lines of a saved cart are at the moment: for who reads it, and once after it was saved."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import httpx

from chassis.db.executor import Executor
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id
from chassis.web.internal import INTERNAL_TOKEN_HEADER
from orders.domain.cart import Cart, LineLook, Look
from orders.domain.errors import EstimateNotGiven
from orders.use_cases.note_cart_seen import FindUnseenCart, NoteCartSeen, find_unseen_cart, note_cart_seen
from orders.use_cases.ports import CartLooks


class CatalogLooks:
    """`POST {catalog}/internal/line-terms`: asking changes nothing there."""

    def __init__(self, http: httpx.AsyncClient, catalog_url: str, internal_token: str) -> None:
        self._http = http
        self._url = f"{catalog_url}/internal/line-terms"
        self._headers = {INTERNAL_TOKEN_HEADER: internal_token}

    async def at(self, cart: Cart) -> Look | None:
        """Today's terms; None where catalog does not answer, so that a cart can be read without it."""
        try:
            response = await self._http.post(self._url, json=_asked(cart), headers=self._headers)
        except httpx.HTTPError:
            return None
        return _look(response.json()) if response.status_code == httpx.codes.OK else None


def look_at_cart(executor: Executor[Any], looks: CartLooks) -> Callable[[DueTimer], Awaitable[None]]:
    """The errand that notes what a cart was when it was saved; without an answer it is tried again."""

    async def run(timer: DueTimer) -> None:
        cart = await executor.run(partial(find_unseen_cart, FindUnseenCart(timer.key)))
        if cart is None:
            return
        seen = await looks.at(cart)
        if seen is None:
            raise EstimateNotGiven("catalog did not answer", cart=str(cart.id))
        await executor.run(partial(note_cart_seen, NoteCartSeen(cart, seen)))

    return run


def _asked(cart: Cart) -> dict[str, Any]:
    return {
        "order_id": str(cart.id),
        "market": cart.market,
        "price_country": cart.contents.price_country,
        "currency": cart.contents.currency,
        "lines": [
            {
                "line_no": line.line_no,
                "offer_id": str(line.offer_id),
                "quantity": line.quantity,
                "options": list(line.options),
            }
            for line in cart.contents.lines
        ],
    }


def _look(answer: Mapping[str, Any]) -> Look:
    return Look(
        lines=tuple(_line(line) for line in answer["lines"]),
        shipping={Id(one["seller_id"]): one["fee"]["amount"] for one in answer["shipping"]},
    )


def _line(line: Mapping[str, Any]) -> LineLook:
    terms = line["terms"]
    told = LineLook(line["line_no"], Id(line["offer_id"]), line["available"], line["reason"])
    if terms is None:
        return told
    return LineLook(
        told.line_no,
        told.offer_id,
        told.available,
        told.reason,
        seller_id=Id(terms["seller_id"]),
        title=terms["title"],
        grade=terms["grade"],
        vat_regime=terms["vat_regime"],
        unit_price=terms["unit_price"]["amount"],
    )
