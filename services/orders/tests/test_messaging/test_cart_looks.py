"""What catalog is asked about a saved cart, and what is made of its answer or its silence."""

import json
from typing import Any

import httpx
import pytest

from orders.clients.cart_looks import CatalogLooks
from orders.domain.cart import LineLook, Look
from services.orders.tests.builders import SELLER, a_cart

ANSWER: dict[str, Any] = {
    "lines": [
        {
            "line_no": 1,
            "offer_id": str(a_cart().contents.lines[0].offer_id),
            "available": 7,
            "reason": None,
            "terms": {
                "seller_id": str(SELLER),
                "title": "iPhone 13",
                "grade": "very_good",
                "vat_regime": "margin",
                "unit_price": {"amount": 38_900, "currency": "EUR"},
            },
        },
        {
            "line_no": 2,
            "offer_id": "00000000-0000-7000-8000-0000000000f1",
            "available": 0,
            "reason": "unknown_offer",
            "terms": None,
        },
    ],
    "shipping": [{"seller_id": str(SELLER), "fee": {"amount": 900, "currency": "EUR"}}],
}


def looks(answer: Any) -> CatalogLooks:
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return CatalogLooks(http, "http://catalog", "token")


async def test_catalog_is_asked_about_the_lines_and_nothing_more() -> None:
    cart = a_cart()

    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/internal/line-terms")
        assert request.headers["Regrade-Internal-Token"] == "token"
        line = cart.contents.lines[0]
        assert json.loads(request.content) == {
            "order_id": str(cart.id),
            "market": "fr-pro",
            "price_country": "FR",
            "currency": "EUR",
            "lines": [{"line_no": 1, "offer_id": str(line.offer_id), "quantity": 2, "options": []}],
        }
        return httpx.Response(200, json=ANSWER)

    first, second = cart.contents.lines[0].offer_id, ANSWER["lines"][1]["offer_id"]
    look = await looks(answer).at(cart)
    assert look is not None
    assert look.line(1) == LineLook(1, first, 7, None, SELLER, "iPhone 13", "very_good", "margin", 38_900)
    assert (str(look.lines[1].offer_id), look.lines[1].reason, look.lines[1].unit_price) == (
        second,
        "unknown_offer",
        None,
    )
    assert look == Look(look.lines, {SELLER: 900})


@pytest.mark.parametrize("status", [404, 500, 503])
async def test_an_answer_that_is_none_is_silence(status: int) -> None:
    assert await looks(lambda request: httpx.Response(status)).at(a_cart()) is None


async def test_silence_is_not_an_error_of_whoever_reads() -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens")

    assert await looks(down).at(a_cart()) is None
