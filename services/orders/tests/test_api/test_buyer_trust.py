"""How far a buyer is trusted: what it may hold, what it is told, and what an operator grants."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from chassis.kernel.ids import Id, new_id
from orders.domain.trust import TrustTier
from orders.use_cases.record_party import RecordParty, record_party
from services.orders.tests.builders import RULES, a_party
from services.orders.tests.conftest import OrdersInProcess
from services.orders.tests.test_api.test_orders import a_body, as_buyer, held_data

pytestmark = pytest.mark.storage

# A new buyer may hold 3 units, one that has paid an order 5, and one that an operator raised 9.
TIERS = (
    TrustTier("new", 0, False, 100_000_000, 3),
    TrustTier("known", 1, False, 100_000_000, 5),
    TrustTier("trusted", 0, True, 100_000_000, 9),
)


@pytest.fixture
async def client(service: OrdersInProcess) -> AsyncIterator[httpx.AsyncClient]:
    service.rules.rules = replace(RULES, trust_tiers=TIERS)
    await service.know_parties()
    async with service.client() as client:
        yield client
    service.rules.rules = RULES


async def a_buyer(service: OrdersInProcess) -> Id:
    company = new_id()
    await service.run(record_party, RecordParty(a_party(company, vat=None)))
    return company


async def order(service: OrdersInProcess, client: httpx.AsyncClient, company: Id) -> httpx.Response:
    """Of two units."""
    headers = {**as_buyer(service, company=company), "Prefer": "wait=0"}
    return await client.post("/v1/orders", json=a_body(), headers=headers)


async def pay(service: OrdersInProcess, placed: httpx.Response) -> None:
    body = placed.json()
    held = held_data(body["id"], body["lines"][0]["offer_id"])
    await service.hear("catalog.reservation", "held", held)
    await service.secure(Id(body["id"]))


def as_operator(service: OrdersInProcess, *scopes: str) -> dict[str, str]:
    return service.tokens.headers("operator", new_id(), *(scopes or ("operator:companies",)), market=None)


def grant(tier: str | None) -> dict[str, Any]:
    return {"tier": tier, "reason": "Known to us for years"}


async def test_the_refusal_names_the_cap_the_figure_and_the_orders_to_pay_or_cancel(
    service: OrdersInProcess, client: httpx.AsyncClient
) -> None:
    buyer = await a_buyer(service)
    first = await order(service, client, buyer)
    refused = await order(service, client, buyer)
    told = refused.json()
    assert (refused.status_code, told["code"], told["trust_tier"]) == (409, "open_holds_limit", "new")
    assert (told["units"], told["units_max"]) == (4, 3)
    open_order = {"order_id": first.json()["id"], "number": first.json()["number"], "units": 2}
    assert told["open_orders"] == [open_order]
    assert told["detail"] == "pay or cancel open orders first, or order less"


async def test_who_has_paid_may_hold_more(service: OrdersInProcess, client: httpx.AsyncClient) -> None:
    buyer = await a_buyer(service)
    await pay(service, await order(service, client, buyer))
    answers = [(await order(service, client, buyer)).status_code for _ in range(3)]
    assert answers == [202, 202, 409]


async def test_an_operator_raises_a_buyer_and_takes_its_word_back(
    service: OrdersInProcess, client: httpx.AsyncClient
) -> None:
    buyer = await a_buyer(service)
    path = f"/v1/operator/buyers/{buyer}/trust"
    assert (await order(service, client, buyer)).status_code == 202
    assert (await order(service, client, buyer)).status_code == 409
    answer = await client.put(path, json=grant("trusted"), headers=as_operator(service))
    assert (answer.status_code, answer.json()) == (200, {"company_id": str(buyer), "granted_tier": "trusted"})
    assert (await order(service, client, buyer)).status_code == 202
    seen = (await client.get(path, headers=as_operator(service))).json()
    assert (seen["granted"]["tier"], seen["granted"]["reason"]) == ("trusted", "Known to us for years")
    market = {"market": "fr-pro", "tier": "trusted", "units_max": 9, "value_max_minor": 100_000_000}
    assert (seen["markets"], seen["open_holds"]["units"], seen["paid_orders"]) == ([market], 4, 0)
    await client.put(path, json=grant(None), headers=as_operator(service))
    assert (await order(service, client, buyer)).status_code == 409


async def test_what_an_operator_cannot_grant_is_refused_by_name(
    service: OrdersInProcess, client: httpx.AsyncClient
) -> None:
    buyer = await a_buyer(service)
    path = f"/v1/operator/buyers/{buyer}/trust"
    unknown = await client.put(path, json=grant("royal"), headers=as_operator(service))
    assert (unknown.status_code, unknown.json()["code"]) == (422, "trust_tier_unknown")
    assert unknown.json()["tiers"] == ["known", "new", "trusted"]
    nobody = await client.put(
        f"/v1/operator/buyers/{new_id()}/trust", json=grant("known"), headers=as_operator(service)
    )
    assert (nobody.status_code, nobody.json()["code"]) == (404, "buyer_not_known")
    assert (await client.get(path, headers=as_operator(service, "operator:money"))).status_code == 403
    assert (await client.put(path, json=grant("known"), headers=as_buyer(service))).status_code == 403


async def test_too_much_of_a_sellers_stock_is_told_with_what_is_held(
    service: OrdersInProcess, client: httpx.AsyncClient
) -> None:
    buyer = await a_buyer(service)
    key = str(new_id())
    headers = {**as_buyer(service, company=buyer, key=key), "Prefer": "wait=0"}
    body = a_body()
    placed = (await client.post("/v1/orders", json=body, headers=headers)).json()
    line = {
        "line_no": 1,
        "offer_id": placed["lines"][0]["offer_id"],
        "requested": 2,
        "available": 80,
        "reason": "offer_share_limit",
        "held": 120,
        "held_max": 121,
    }
    data = {"order_id": placed["id"], "reason": "stock_share_limit", "lines": [line]}
    await service.hear("catalog.reservation", "refused", data)
    told = await client.post("/v1/orders", json=body, headers=headers)
    assert (told.status_code, told.json()["code"]) == (409, "stock_share_limit")
    assert (told.json()["lines"], told.json()["trust_tier"], told.json()["open_orders"]) == ([line], "new", [])
