"""The doors through which goods that have not left go to another address, on a real database."""

from typing import Any

import httpx
import pytest

from chassis.kernel.ids import new_id
from services.orders.tests.builders import OTHER_SELLER
from services.orders.tests.conftest import INTERNAL, OrdersInProcess
from services.orders.tests.test_api.test_orders import ADDRESS, as_buyer, awaiting_payment
from services.orders.tests.test_api.test_seller_orders import a_parcel, as_seller, fresh, to_ship

pytestmark = pytest.mark.storage

LYON = {**ADDRESS, "contact_phone": None, "street": "2 quai Sud", "postal_code": "69001", "city": "Lyon"}


async def asked(service: OrdersInProcess, client: httpx.AsyncClient) -> tuple[str, str]:
    """The ids of an order and of its part, whose seller is asked."""
    order_id, part_id = await to_ship(service, client)
    path = f"/v1/orders/{order_id}/address-changes"
    answer = await client.post(path, json={"deliver_to": LYON}, headers=as_buyer(service))
    assert answer.status_code == 201, answer.text
    return order_id, part_id


async def seen_by_seller(service: OrdersInProcess, client: httpx.AsyncClient, part_id: str) -> dict[str, Any]:
    answer = await client.get(f"/v1/seller/orders/{part_id}", headers=as_seller(service))
    body: dict[str, Any] = answer.json()
    return body


async def test_a_seller_is_asked_once_and_answers_once(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order_id, part_id = await to_ship(service, client)
        path, headers = f"/v1/orders/{order_id}/address-changes", as_buyer(service, key=str(new_id()))
        told = await client.post(path, json={"deliver_to": LYON}, headers=headers)
        assert told.status_code == 201, told.text
        body = told.json()
        assert (body["how"], body["fee"]) == ("seller_is_asked", {"amount": 0, "currency": "EUR"})
        (part,) = body["seller_orders"]
        assert (part["state"], part["moved_to"]) == ("address_change_pending", None)
        # Asked on Monday at 10:00 in Paris.
        wish = part["address_change"]
        assert (wish["answer"], wish["answer_by"], wish["deliver_to"]["city"]) == (
            "asked",
            "2026-11-24T09:00:00Z",
            "Lyon",
        )
        again = await client.post(path, json={"deliver_to": LYON}, headers=headers)
        assert (again.status_code, again.headers["Idempotent-Replayed"], again.json()) == (201, "true", body)
        second = await client.post(path, json={"deliver_to": ADDRESS}, headers=as_buyer(service))
        assert (second.status_code, second.json()["code"]) == (409, "address_change_pending")

        mine = f"/v1/seller/orders/{part_id}"
        assert (await seen_by_seller(service, client, part_id))["deliver_to"]["city"] == "Paris"
        parcel = a_parcel(fresh(), fresh(), fresh())
        early = await client.post(f"{mine}/shipments", json=parcel, headers=as_seller(service))
        assert (early.status_code, early.json()["state"]) == (409, "address_change_pending")
        yes, headers = {"decision": "accept"}, as_seller(service, key=str(new_id()))
        done = await client.post(f"{mine}/address-change", json=yes, headers=headers)
        assert (done.status_code, done.json()["state"], done.json()["deliver_to"]) == (200, "to_ship", LYON)
        repeat = await client.post(f"{mine}/address-change", json=yes, headers=headers)
        assert (repeat.status_code, repeat.headers["Idempotent-Replayed"]) == (200, "true")
        late = await client.post(f"{mine}/address-change", json={"decision": "refuse"}, headers=as_seller(service))
        assert (late.status_code, late.json()["code"]) == (409, "seller_order_move_refused")
        left = await client.post(f"{mine}/shipments", json=parcel, headers=as_seller(service))
        assert left.status_code == 201, left.text
        gone = await client.post(path, json={"deliver_to": ADDRESS}, headers=as_buyer(service))
        assert (gone.status_code, gone.json()["code"]) == (409, "address_already_shipped")


async def test_a_seller_that_says_nothing_ships_to_where_was_ordered(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order_id, part_id = await asked(service, client)
        service.clock.advance(days=1)
        while await service.timers.fire_deadlines():
            pass
        mine = await seen_by_seller(service, client, part_id)
        assert (mine["state"], mine["deliver_to"]["city"]) == ("to_ship", "Paris")
        order = (await client.get(f"/v1/orders/{order_id}", headers=as_buyer(service))).json()
        assert order["seller_orders"][0]["address_change"]["answer"] == "unanswered"


async def test_a_seller_sees_no_address_of_an_order_that_is_not_paid(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order = await awaiting_payment(service, client)
        path = f"/v1/orders/{order['id']}/address-changes"
        answer = await client.post(path, json={"deliver_to": LYON}, headers=as_buyer(service))
        (part,) = answer.json()["seller_orders"]
        assert (part["state"], part["moved_to"], part["address_change"]) == ("awaiting_payment", LYON, None)
        mine = await seen_by_seller(service, client, part["seller_order_id"])
        assert (mine["deliver_to"], mine["moved_to"]) == (None, None)
        # Our own machines, which write the invoice, read where it goes.
        told = await client.get(f"/internal/orders/{order['id']}", headers={"Regrade-Internal-Token": INTERNAL})
        assert told.json()["seller_orders"][0]["moved_to"] == LYON


@pytest.mark.parametrize(
    ("deliver_to", "code"),
    [
        ({**LYON, "country": "ES", "postal_code": "28001"}, "country_not_served"),
        ({**LYON, "postal_code": "97400"}, "area_not_served"),
        ({**LYON, "surprise": 1}, "validation_failed"),
        ({"company": "Reparo SAS"}, "validation_failed"),
    ],
)
async def test_a_place_that_checkout_refuses_is_refused_here(
    service: OrdersInProcess, deliver_to: dict[str, Any], code: str
) -> None:
    async with service.client() as client:
        order_id, part_id = await to_ship(service, client)
        path = f"/v1/orders/{order_id}/address-changes"
        answer = await client.post(path, json={"deliver_to": deliver_to}, headers=as_buyer(service))
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert (await seen_by_seller(service, client, part_id))["state"] == "to_ship"


async def test_who_has_no_part_in_it_finds_nothing(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order_id, part_id = await asked(service, client)
        stranger = as_buyer(service, company=new_id())
        path = f"/v1/orders/{order_id}/address-changes"
        assert (await client.post(path, json={"deliver_to": LYON}, headers=stranger)).status_code == 404
        other = as_seller(service, company=OTHER_SELLER)
        path = f"/v1/seller/orders/{part_id}/address-change"
        assert (await client.post(path, json={"decision": "accept"}, headers=other)).status_code == 404
        bad = await client.post(path, json={"decision": "perhaps"}, headers=as_seller(service))
        assert (bad.status_code, bad.json()["code"]) == (422, "validation_failed")
