"""The buyer's door: every refusal by its name, and what a repeat is told."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
import pytest

from chassis.kernel.ids import Id, new_id
from orders.use_cases.store_purchase_order import StorePurchaseOrder, store_purchase_order
from services.orders.tests.builders import BUYER, SELLER, one_tier
from services.orders.tests.conftest import INTERNAL, OrdersInProcess

pytestmark = pytest.mark.storage

ADDRESS = {
    "company": "Atelier Nord SARL",
    "street": "12 rue de la Paix",
    "postal_code": "75002",
    "city": "Paris",
    "country": "FR",
}


def a_body(offer_id: Id | None = None, **changes: Any) -> dict[str, Any]:
    return {"lines": [{"offer_id": str(offer_id or new_id()), "quantity": 2}], "deliver_to": ADDRESS, **changes}


def as_buyer(service: OrdersInProcess, *scopes: str, key: str | None = None, company: Id = BUYER) -> dict[str, str]:
    return service.tokens.headers("buyer", company, *(scopes or ("orders:read", "orders:write")), key=key)


def held_data(order_id: str, offer_id: str) -> dict[str, Any]:
    line = {
        "line_no": 1,
        "offer_id": offer_id,
        "seller_id": str(SELLER),
        "sku": "A-1",
        "title": "iPhone 13",
        "category": "smartphone",
        "grade": "very_good",
        "quantity": 2,
        "unit_price": {"amount": 10_000, "currency": "EUR"},
        "vat_regime": "normal",
        "ship_from": "FR",
        "warranty_months": 12,
        "dispatch_business_days": 1,
    }
    fee = {"seller_id": str(SELLER), "fee": {"amount": 0, "currency": "EUR"}}
    return {"reservation_id": order_id, "order_id": order_id, "lines": [line], "shipping": [fee]}


async def placed(service: OrdersInProcess, client: httpx.AsyncClient, headers: Mapping[str, str]) -> dict[str, Any]:
    """An order whose stock nobody has asked for yet."""
    answer = await client.post("/v1/orders", json=a_body(), headers={**headers, "Prefer": "wait=0"})
    assert answer.status_code == 202, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def awaiting_payment(service: OrdersInProcess, client: httpx.AsyncClient) -> dict[str, Any]:
    await service.know_parties()
    order = await placed(service, client, as_buyer(service))
    await service.hear("catalog.reservation", "held", held_data(order["id"], order["lines"][0]["offer_id"]))
    return order


async def test_without_an_answer_of_catalog_the_buyer_is_told_where_to_ask_again(service: OrdersInProcess) -> None:
    async with service.client() as client:
        answer = await client.post("/v1/orders", json=a_body(), headers={**as_buyer(service), "Prefer": "wait=0"})
        assert answer.status_code == 202
        assert answer.json()["state"] == "reserving"
        assert answer.headers["Location"] == f"/v1/orders/{answer.json()['id']}"
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["Preference-Applied"] == "wait=0"
        assert await service.published(Id(answer.json()["id"])) == ["placed"]


async def test_the_request_waits_for_catalog_and_is_answered_with_the_held_order(service: OrdersInProcess) -> None:
    await service.know_parties()
    offer_id = new_id()
    headers = {**as_buyer(service), "Prefer": "wait=30"}
    async with service.client() as client:
        waiting = asyncio.create_task(client.post("/v1/orders", json=a_body(offer_id), headers=headers))
        order_id = await first_order_of(service, client, waiting)
        await service.hear("catalog.reservation", "held", held_data(order_id, str(offer_id)))
        answer = await asyncio.wait_for(waiting, timeout=60)
        body = answer.json()
        assert answer.status_code == 201, answer.text
        assert body["state"] == "awaiting_payment"
        # 2 x 100.00 + 20 %.
        assert body["totals"]["gross"] == {"amount": 24_000, "currency": "EUR"}
        assert body["hold_until"] == "2026-11-30T22:59:59Z"
        assert [part["number"] for part in body["seller_orders"]] == [f"{body['number']}-1"]
        assert answer.headers["ETag"] == '"2"'


async def first_order_of(service: OrdersInProcess, client: httpx.AsyncClient, waiting: "asyncio.Task[Any]") -> str:
    """The id of the order that a request waits for, as soon as it is written."""
    async with asyncio.timeout(30):
        while not waiting.done():
            found = await client.get("/v1/orders", params={"state": "reserving"}, headers=as_buyer(service))
            if found.json()["items"]:
                order_id: str = found.json()["items"][0]["id"]
                return order_id
    raise AssertionError("the request did not wait")


async def test_lines_that_cannot_be_had_are_named(service: OrdersInProcess) -> None:
    offer_id = new_id()
    key = str(new_id())
    headers = {**as_buyer(service, key=key), "Prefer": "wait=30"}
    async with service.client() as client:
        waiting = asyncio.create_task(client.post("/v1/orders", json=a_body(offer_id), headers=headers))
        order_id = await first_order_of(service, client, waiting)
        line = {"line_no": 1, "offer_id": str(offer_id), "requested": 2, "available": 0, "reason": "unknown_offer"}
        await service.hear("catalog.reservation", "refused", {"order_id": order_id, "lines": [line]})
        answer = await asyncio.wait_for(waiting, timeout=60)
        assert answer.status_code == 409
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (answer.json()["code"], answer.json()["lines"]) == (
            "stock_unavailable",
            [{**line, "held": None, "held_max": None}],
        )
        again = await client.post("/v1/orders", json=a_body(offer_id), headers=headers)
        assert (again.status_code, again.json()["code"]) == (409, "stock_unavailable")
        assert again.headers["Idempotent-Replayed"] == "true"


async def test_a_repeat_is_told_the_present_truth_about_the_same_order(service: OrdersInProcess) -> None:
    await service.know_parties()
    key, body = str(new_id()), a_body()
    headers = {**as_buyer(service, key=key), "Prefer": "wait=0"}
    async with service.client() as client:
        first = await client.post("/v1/orders", json=body, headers=headers)
        early = await client.post("/v1/orders", json=body, headers=headers)
        assert (early.status_code, early.json()["id"]) == (202, first.json()["id"])
        held = held_data(first.json()["id"], body["lines"][0]["offer_id"])
        await service.hear("catalog.reservation", "held", held)
        late = await client.post("/v1/orders", json=body, headers={**headers, "Prefer": "wait=30"})
        assert (late.status_code, late.json()["id"]) == (201, first.json()["id"])
        assert late.headers["Idempotent-Replayed"] == "true"
        assert await service.published(Id(first.json()["id"])) == ["placed", "held"]


async def test_a_repeat_with_another_body_is_refused(service: OrdersInProcess) -> None:
    headers = {**as_buyer(service, key=str(new_id())), "Prefer": "wait=0"}
    async with service.client() as client:
        assert (await client.post("/v1/orders", json=a_body(), headers=headers)).status_code == 202
        again = await client.post("/v1/orders", json=a_body(), headers=headers)
        assert (again.status_code, again.json()["code"]) == (422, "idempotency_key_reused")


OFFER = str(new_id())


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"lines": []}, 422, "validation_failed"),
        ({"lines": [{"offer_id": OFFER, "quantity": 0}]}, 422, "validation_failed"),
        ({"lines": [{"offer_id": OFFER, "quantity": -3}]}, 422, "validation_failed"),
        ({"lines": [{"offer_id": OFFER, "quantity": 10_000}]}, 422, "validation_failed"),
        ({"lines": [{"offer_id": OFFER, "quantity": 1.5}]}, 422, "validation_failed"),
        ({"lines": [{"offer_id": "no id", "quantity": 1}]}, 422, "validation_failed"),
        ({"lines": [{"offer_id": OFFER, "quantity": 1}] * 2}, 422, "validation_failed"),
        ({"lines": [{"offer_id": OFFER, "quantity": 1, "price": 1}]}, 422, "validation_failed"),
        ({"surprise": 1}, 422, "validation_failed"),
        ({"deliver_to": {**ADDRESS, "country": "france"}}, 422, "validation_failed"),
        ({"deliver_to": {**ADDRESS, "country": "IT"}}, 422, "country_not_served"),
        ({"deliver_to": {**ADDRESS, "postal_code": "97400"}}, 422, "area_not_served"),
        ({"price_country": "IT"}, 422, "price_country_not_served"),
        ({"currency": "USD"}, 422, "currency_not_accepted"),
    ],
)
async def test_a_request_that_can_never_be_right_is_refused_by_name(
    service: OrdersInProcess, changes: dict[str, Any], status: int, code: str
) -> None:
    async with service.client() as client:
        answer = await client.post("/v1/orders", json=a_body(**changes), headers=as_buyer(service))
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_who_may_not_order_is_told_why(service: OrdersInProcess) -> None:
    buyer, seller = as_buyer(service), service.tokens.headers("seller", SELLER, "orders:write")
    homeless = service.tokens.headers("buyer", BUYER, "orders:write", market=None)
    broken = {**buyer, "Authorization": buyer["Authorization"][:-4] + "AAAA"}
    cases: list[tuple[dict[str, str], int, str]] = [
        ({"Idempotency-Key": "k"}, 401, "not_signed_in"),
        (broken, 401, "not_signed_in"),
        (as_buyer(service, "orders:read"), 403, "scope_missing"),
        (seller, 403, "buyer_needed"),
        (homeless, 403, "buyer_without_market"),
        ({"Authorization": buyer["Authorization"]}, 400, "idempotency_key_required"),
    ]
    async with service.client() as client:
        for headers, status, code in cases:
            answer = await client.post("/v1/orders", json=a_body(), headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (status, code)
        garbage = await client.post("/v1/orders", content=b"{", headers={**buyer, "Content-Type": "application/json"})
        assert (garbage.status_code, garbage.json()["code"]) == (400, "malformed_json")


async def test_stock_cannot_be_hoarded_without_paying(service: OrdersInProcess) -> None:
    service.rules.rules = one_tier(units_max=3)
    async with service.client() as client:
        await placed(service, client, as_buyer(service))
        answer = await client.post("/v1/orders", json=a_body(), headers=as_buyer(service))
        assert (answer.status_code, answer.json()["code"]) == (409, "open_holds_limit")


async def test_another_companys_order_is_not_there(service: OrdersInProcess) -> None:
    stranger = as_buyer(service, company=new_id())
    operator = service.tokens.headers("operator", new_id(), "orders:read", market=None)
    auditor = service.tokens.headers("auditor", new_id(), "audit:read", market=None)
    async with service.client() as client:
        order = await placed(service, client, as_buyer(service))
        path = f"/v1/orders/{order['id']}"
        for answer in (
            await client.get(path, headers=stranger),
            await client.get(f"{path}/purchase-order", headers=stranger),
            await client.post(f"{path}/cancellation", headers=stranger),
            await client.get(f"/v1/orders/{new_id()}", headers=as_buyer(service)),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "order_not_found")
        assert (await client.get("/v1/orders", headers=stranger)).json()["items"] == []
        assert (await client.get(path, headers=operator)).json()["id"] == order["id"]
        assert (await client.get(path, headers=auditor)).json()["id"] == order["id"]
        seller = service.tokens.headers("seller", new_id(), "orders:read", market=None)
        assert (await client.get(path, headers=seller)).json()["code"] == "wrong_kind_of_company"


async def test_an_unpaid_order_is_cancelled_once_and_a_paid_one_never(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order = await awaiting_payment(service, client)
        headers = as_buyer(service)
        path = f"/v1/orders/{order['id']}/cancellation"
        for repeat in (None, "true"):
            answer = await client.post(path, headers=headers)
            assert (answer.status_code, answer.json()["state"]) == (200, "cancelled_by_buyer")
            assert answer.headers.get("idempotent-replayed") == repeat
        again = await client.post(path, headers=as_buyer(service))
        assert (again.status_code, again.json()["code"]) == (409, "order_move_refused")
        assert again.json()["state"] == "cancelled_by_buyer"
        paid = await awaiting_payment(service, client)
        await service.secure(Id(paid["id"]))
        refused = await client.post(f"/v1/orders/{paid['id']}/cancellation", headers=as_buyer(service))
        assert (refused.status_code, refused.json()["state"]) == (409, "in_fulfilment")


async def test_the_buyer_sees_how_to_pay_and_gets_the_paper(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order = await awaiting_payment(service, client)
        path = f"/v1/orders/{order['id']}"
        early = await client.get(f"{path}/purchase-order", headers=as_buyer(service))
        assert (early.status_code, early.json()["code"]) == (404, "purchase_order_not_ready")
        await service.open_payment(await service.order(Id(order["id"])))
        await service.run(store_purchase_order, StorePurchaseOrder(Id(order["id"]), b"%PDF-1.7"))
        body = (await client.get(path, headers=as_buyer(service))).json()
        assert body["payment"]["virtual_account"]["iban"] == "FR7630006000011234567890189"
        assert body["payment"]["reference"] == str(order["number"])
        paper = await client.get(f"{path}/purchase-order", headers=as_buyer(service))
        assert (paper.content, paper.headers["Content-Type"]) == (b"%PDF-1.7", "application/pdf")
        assert paper.headers["ETag"] == f'"{body["purchase_order"]["sha256"]}"'
        moves = [(step["move"], step["from_state"], step["to_state"]) for step in body["history"]]
        assert moves == [
            ("place", None, "reserving"),
            ("hold", "reserving", "awaiting_payment"),
            ("open", None, "awaiting_payment"),
            ("attach_purchase_order", "awaiting_payment", "awaiting_payment"),
        ]


async def test_our_own_machines_read_orders_and_nobody_else_does(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order = await placed(service, client, as_buyer(service))
        path = f"/internal/orders/{order['id']}"
        inside = await client.get(path, headers={"Regrade-Internal-Token": INTERNAL})
        assert inside.json()["buyer_id"] == str(BUYER)
        for headers in ({}, {"Regrade-Internal-Token": "wrong"}, as_buyer(service)):
            assert (await client.get(path, headers=headers)).status_code == 404


async def test_payments_learns_how_long_a_reservation_would_have_to_hold(service: OrdersInProcess) -> None:
    own = {"Regrade-Internal-Token": INTERNAL}
    async with service.client() as client:
        order = await awaiting_payment(service, client)
        told = await client.get(f"/internal/orders/{order['id']}/ship-by", headers=own)
        assert datetime.fromisoformat(told.json()["ship_by"]) > service.clock.now()
        stranger = await client.get(f"/internal/orders/{new_id()}/ship-by", headers=own)
        assert (stranger.status_code, stranger.json()["code"]) == (404, "order_not_found")
        assert (await client.get(f"/internal/orders/{order['id']}/ship-by")).status_code == 404


async def test_lists_come_in_pages_that_follow_each_other(service: OrdersInProcess) -> None:
    company = new_id()
    headers = as_buyer(service, company=company)
    async with service.client() as client:
        wanted = []
        for _ in range(3):
            service.clock.advance(seconds=1)
            answer = await client.post(
                "/v1/orders", json=a_body(), headers={**as_buyer(service, company=company), "Prefer": "wait=0"}
            )
            wanted.append(answer.json()["id"])
        first = await client.get("/v1/orders", params={"limit": 2}, headers=headers)
        assert [one["id"] for one in first.json()["items"]] == wanted[:0:-1]
        assert 'rel="next"' in first.headers["Link"]
        rest = await client.get("/v1/orders", params={"cursor": first.json()["next_cursor"]}, headers=headers)
        assert [one["id"] for one in rest.json()["items"]] == [wanted[0]]
        assert rest.json()["next_cursor"] is None
        feed = await client.get("/v1/orders", params={"updated_since": "2026-01-01T00:00:00Z"}, headers=headers)
        assert [one["id"] for one in feed.json()["items"]] == wanted
        for cursor in ("nonsense", "WyJhIl0"):
            broken = await client.get("/v1/orders", params={"cursor": cursor}, headers=headers)
            assert (broken.status_code, broken.json()["code"]) == (422, "cursor_invalid")
