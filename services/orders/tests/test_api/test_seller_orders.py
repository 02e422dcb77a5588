"""The seller's door: what it sees, what it ships, and every refusal by its name."""

from typing import Any

import httpx
import pytest

from chassis.kernel.ids import Id, new_id
from services.orders.tests.builders import BUYER, OTHER_SELLER, SELLER
from services.orders.tests.conftest import OrdersInProcess
from services.orders.tests.test_api.test_orders import as_buyer, awaiting_payment

pytestmark = pytest.mark.storage


def as_seller(service: OrdersInProcess, *scopes: str, company: Id = SELLER, key: str | None = None) -> dict[str, str]:
    chosen = scopes or ("seller_orders:read", "seller_orders:write")
    return service.tokens.headers("seller", company, *chosen, market=None, key=key)


async def to_ship(service: OrdersInProcess, client: httpx.AsyncClient) -> tuple[str, str]:
    """The order's and the seller order's id, paid."""
    order = await awaiting_payment(service, client)
    await service.secure(Id(order["id"]))
    body = (await client.get(f"/v1/orders/{order['id']}", headers=as_buyer(service))).json()
    return body["id"], body["seller_orders"][0]["id"]


def a_parcel(tracking: str, *serials: str) -> dict[str, Any]:
    units = [{"serial": serial} for serial in serials]
    return {"carrier": "DHL", "tracking_number": tracking, "lines": [{"line_no": 1, "units": units}]}


def fresh() -> str:
    return new_id().hex[-12:].upper()


async def test_the_address_is_shown_once_the_order_is_paid(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order = await awaiting_payment(service, client)
        found = await client.get("/v1/seller/orders", headers=as_seller(service))
        mine = next(one for one in found.json()["items"] if one["order_id"] == order["id"])
        path = f"/v1/seller/orders/{mine['id']}"
        assert (await client.get(path, headers=as_seller(service))).json()["deliver_to"] is None
        await service.secure(Id(order["id"]))
        body = (await client.get(path, headers=as_seller(service))).json()
        assert (body["state"], body["deliver_to"]["city"]) == ("to_ship", "Paris")
        # Paid on Monday at 10:00 in Paris: it leaves the same day.
        assert body["ship_by"] == "2026-11-23T22:59:59Z"


async def test_a_parcel_is_shipped_once_and_a_repeat_is_told_so(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order_id, part_id = await to_ship(service, client)
        path, headers = f"/v1/seller/orders/{part_id}/shipments", as_seller(service, key=str(new_id()))
        parcel = a_parcel(fresh(), fresh(), fresh())
        answer = await client.post(path, json=parcel, headers=headers)
        assert (answer.status_code, answer.json()["state"]) == (201, "shipped"), answer.text
        again = await client.post(path, json=parcel, headers=headers)
        assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
        assert again.json()["shipments"] == answer.json()["shipments"]
        second = await client.post(path, json=parcel, headers=as_seller(service))
        assert (second.status_code, second.json()["code"]) == (409, "seller_order_move_refused")
        seen = (await client.get(f"/v1/orders/{order_id}", headers=as_buyer(service))).json()
        assert (seen["state"], seen["seller_orders"][0]["shipments"][0]["carrier"]) == ("shipped", "dhl")


async def test_a_parcel_that_cannot_be_right_is_refused_by_name(service: OrdersInProcess) -> None:
    async with service.client() as client:
        _, part_id = await to_ship(service, client)
        path = f"/v1/seller/orders/{part_id}/shipments"
        twin = fresh()
        bad_imei = {
            "carrier": "DHL",
            "tracking_number": fresh(),
            "lines": [{"line_no": 1, "units": [{"imei": "490154203237519"}, {"serial": twin}]}],
        }
        both = {**bad_imei, "lines": [{"line_no": 1, "units": [{"imei": "490154203237518", "serial": twin}]}]}
        cases: list[tuple[dict[str, Any], str]] = [
            (a_parcel(fresh(), fresh()), "units_do_not_match"),
            (a_parcel(fresh(), fresh(), fresh(), fresh()), "units_do_not_match"),
            (a_parcel(fresh(), twin, twin), "unit_twice"),
            (a_parcel(fresh(), "x", fresh()), "serial_number_invalid"),
            (bad_imei, "imei_invalid"),
            (both, "validation_failed"),
            ({**bad_imei, "surprise": 1}, "validation_failed"),
            ({"carrier": "DHL", "lines": []}, "validation_failed"),
        ]
        for parcel, code in cases:
            answer = await client.post(path, json=parcel, headers=as_seller(service))
            assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text


async def test_a_device_that_left_before_cannot_leave_again(service: OrdersInProcess) -> None:
    async with service.client() as client:
        known, tracking = fresh(), fresh()
        _, first = await to_ship(service, client)
        parcel = a_parcel(tracking, known, fresh())
        done = await client.post(f"/v1/seller/orders/{first}/shipments", json=parcel, headers=as_seller(service))
        assert done.status_code == 201
        _, second = await to_ship(service, client)
        path = f"/v1/seller/orders/{second}/shipments"
        again = await client.post(path, json=a_parcel(fresh(), known, fresh()), headers=as_seller(service))
        assert (again.status_code, again.json()["code"]) == (409, "serial_already_shipped")
        assert again.json()["units"] == [known]
        twin = await client.post(path, json=a_parcel(tracking, fresh(), fresh()), headers=as_seller(service))
        assert (twin.status_code, twin.json()["code"]) == (409, "parcel_already_known")
        good = await client.post(path, json=a_parcel(fresh(), fresh(), fresh()), headers=as_seller(service))
        assert good.status_code == 201


async def test_an_unpaid_order_is_not_shipped(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order = await awaiting_payment(service, client)
        body = (await client.get(f"/v1/orders/{order['id']}", headers=as_buyer(service))).json()
        path = f"/v1/seller/orders/{body['seller_orders'][0]['id']}"
        parcel = a_parcel(fresh(), fresh(), fresh())
        for answer in (
            await client.post(f"{path}/shipments", json=parcel, headers=as_seller(service)),
            await client.post(f"{path}/acceptance", headers=as_seller(service)),
        ):
            assert (answer.status_code, answer.json()["code"]) == (409, "seller_order_move_refused")
            assert answer.json()["state"] == "awaiting_payment"


async def test_another_sellers_order_is_not_there(service: OrdersInProcess) -> None:
    stranger = as_seller(service, company=OTHER_SELLER)
    async with service.client() as client:
        _, part_id = await to_ship(service, client)
        path = f"/v1/seller/orders/{part_id}"
        parcel = a_parcel(fresh(), fresh(), fresh())
        for answer in (
            await client.get(path, headers=stranger),
            await client.post(f"{path}/shipments", json=parcel, headers=stranger),
            await client.post(f"{path}/acceptance", headers=as_seller(service, company=new_id())),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "seller_order_not_found")
        found = await client.get("/v1/seller/orders", headers=stranger)
        assert part_id not in [one["id"] for one in found.json()["items"]]


async def test_who_may_not_ship_is_told_why(service: OrdersInProcess) -> None:
    path = f"/v1/seller/orders/{new_id()}/shipments"
    parcel = a_parcel(fresh(), fresh())
    buyer = service.tokens.headers("buyer", BUYER, "seller_orders:write")
    without_key = as_seller(service)
    del without_key["Idempotency-Key"]
    cases: list[tuple[dict[str, str], int, str]] = [
        ({}, 401, "not_signed_in"),
        (as_seller(service, "seller_orders:read"), 403, "scope_missing"),
        (buyer, 403, "seller_needed"),
        (without_key, 400, "idempotency_key_required"),
    ]
    async with service.client() as client:
        for headers, status, code in cases:
            answer = await client.post(path, json=parcel, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (status, code)
