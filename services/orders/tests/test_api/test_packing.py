"""Pick list and packing slip through their doors, printed for real."""

from typing import Any

import httpx
import pypdfium2
import pytest
from sqlalchemy import text

from chassis.kernel.ids import new_id
from orders.domain import picking
from services.orders.tests.builders import OTHER_SELLER
from services.orders.tests.conftest import OrdersInProcess
from services.orders.tests.test_api.test_orders import as_buyer, awaiting_payment
from services.orders.tests.test_api.test_seller_orders import a_parcel, as_seller, fresh, to_ship

pytestmark = pytest.mark.storage


def words(answer: httpx.Response) -> str:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    document = pypdfium2.PdfDocument(answer.content)
    pages = [document[n].get_textpage().get_text_bounded() for n in range(len(document))]
    return " ".join(" ".join(pages).replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.fixture(autouse=True)
async def empty(service: OrdersInProcess) -> None:
    async with service.engine.begin() as connection:
        await connection.execute(text("truncate orders cascade"))


async def read(client: httpx.AsyncClient, service: OrdersInProcess, path: str, **more: Any) -> httpx.Response:
    return await client.get(path, headers=as_seller(service, "seller_orders:read", **more))


async def test_the_list_names_every_unit_that_waits_and_the_parcel_it_belongs_to(service: OrdersInProcess) -> None:
    async with service.client() as client:
        await awaiting_payment(service, client)
        parts = [(await to_ship(service, client))[1] for _ in range(2)]
        found = (await read(client, service, "/v1/seller/pick-list")).json()
        assert (found["orders"], found["more"]) == (2, False)
        fetched = [one for pick in found["picks"] for one in pick["seller_orders"]]
        assert {one["seller_order_id"] for one in fetched} == set(parts)
        assert (
            found["units"] == sum(one["quantity"] for one in fetched) == sum(one["quantity"] for one in found["picks"])
        )
        printed = words(await read(client, service, "/v1/seller/pick-list.pdf"))
        assert all(f"{one['number']} × {one['quantity']}" in printed for one in fetched)
        assert all(pick["sku"] in printed for pick in found["picks"])
        early = await read(client, service, "/v1/seller/pick-list?ship_by=2026-11-23T22:00:00Z")
        assert early.json()["picks"] == []


async def test_a_list_says_when_it_is_not_whole(service: OrdersInProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.api.packing.ORDERS_MAX", 1)
    assert picking.ORDERS_MAX == 1_000
    async with service.client() as client:
        for _ in range(2):
            await to_ship(service, client)
        found = (await read(client, service, "/v1/seller/pick-list")).json()
        assert (found["orders"], found["more"]) == (1, True)


async def test_without_an_order_to_ship_there_is_no_paper(service: OrdersInProcess) -> None:
    async with service.client() as client:
        answer = await read(client, service, "/v1/seller/pick-list.pdf")
        assert (answer.status_code, answer.json()["code"]) == (404, "nothing_to_pick")
        assert (await read(client, service, "/v1/seller/pick-list")).json()["picks"] == []


async def test_the_slip_comes_with_the_payment_and_names_the_devices_once_they_left(service: OrdersInProcess) -> None:
    async with service.client() as client:
        unpaid = await awaiting_payment(service, client)
        (waiting,) = (await read(client, service, "/v1/seller/orders")).json()["items"]
        early = await read(client, service, f"/v1/seller/orders/{waiting['id']}/packing-slip")
        assert (early.status_code, early.json()["code"]) == (409, "packing_slip_too_early")
        order_id, part_id = await to_ship(service, client)
        assert order_id != unpaid["id"]
        path = f"/v1/seller/orders/{part_id}/packing-slip"
        slip = words(await read(client, service, path))
        order = (await client.get(f"/v1/orders/{order_id}", headers=as_buyer(service))).json()
        assert str(order["number"]) in slip
        assert order["deliver_to"]["street"] in slip
        # No prices: not everybody who unpacks pays.
        assert "€" not in slip
        tracking, *serials = fresh(), fresh(), fresh()
        parcel = a_parcel(tracking, *serials)
        headers = as_seller(service, key=str(new_id()))
        shipped = await client.post(f"/v1/seller/orders/{part_id}/shipments", json=parcel, headers=headers)
        assert shipped.status_code == 201, shipped.text
        slip = words(await read(client, service, path))
        assert all(number in slip for number in (f"DHL {tracking}", *serials))


async def test_another_sellers_slip_is_not_there_and_buyers_pick_nothing(service: OrdersInProcess) -> None:
    async with service.client() as client:
        _, part_id = await to_ship(service, client)
        path = f"/v1/seller/orders/{part_id}/packing-slip"
        assert (await read(client, service, path, company=OTHER_SELLER)).status_code == 404
        buyer = await client.get("/v1/seller/pick-list", headers=as_buyer(service))
        assert buyer.status_code == 403
        assert (await read(client, service, "/v1/seller/pick-list", company=OTHER_SELLER)).json()["picks"] == []
