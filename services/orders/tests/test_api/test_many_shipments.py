"""A morning's parcels through one door: each by itself, none twice."""

from typing import Any

import httpx
import pytest

from chassis.kernel.ids import new_id
from orders.api import many_shipments
from orders.use_cases.ship_seller_order import ShipSellerOrder
from services.orders.tests.conftest import OrdersInProcess
from services.orders.tests.test_api.test_seller_orders import as_seller, fresh, to_ship

pytestmark = pytest.mark.storage

HEADER = "order,carrier,tracking_number,sku,imei,serial\n"


async def send(
    service: OrdersInProcess, client: httpx.AsyncClient, table: str, key: str | None = None
) -> httpx.Response:
    headers = {**as_seller(service, key=key or str(new_id())), "Content-Type": "text/csv; charset=utf-8"}
    return await client.post("/v1/seller/shipments", content=table.encode(), headers=headers)


async def waiting(service: OrdersInProcess, client: httpx.AsyncClient) -> tuple[str, str]:
    """The number of a paid seller order of two units, and its id."""
    _, part_id = await to_ship(service, client)
    return (await client.get(f"/v1/seller/orders/{part_id}", headers=as_seller(service))).json()["number"], part_id


def rows(number: str, tracking: str, *serials: str) -> str:
    return "".join(f"{number},DHL,{tracking},,,{serial}\n" for serial in serials)


def statuses(answer: httpx.Response) -> list[tuple[str, Any]]:
    assert answer.status_code == 200, answer.text
    return [(one["status"], one["problem"] and one["problem"]["code"]) for one in answer.json()["parcels"]]


async def test_what_can_leave_leaves_and_what_cannot_is_named(service: OrdersInProcess) -> None:
    async with service.client() as client:
        (good, good_id), (short, _), (twice, _) = [await waiting(service, client) for _ in range(3)]
        taken = fresh()
        table = HEADER + rows(good, fresh(), taken, fresh()) + rows(short, fresh(), fresh())
        table += rows(twice, fresh(), fresh()) + rows(twice, fresh(), fresh()) + rows("7-7", fresh(), fresh())
        answer = await send(service, client, table)
        assert statuses(answer) == [
            ("shipped", None),
            ("rejected", "units_do_not_match"),
            ("rejected", "parcel_contradicts"),
            ("rejected", "seller_order_not_found"),
        ]
        body = answer.json()
        assert (body["shipped"], body["announced"], body["rejected"]) == (1, 0, 3)
        assert [one["lines"] for one in body["parcels"]] == [[2, 3], [4], [5, 6], [7]]
        part = (await client.get(f"/v1/seller/orders/{good_id}", headers=as_seller(service))).json()
        assert (part["state"], part["shipments"][0]["id"]) == ("shipped", body["parcels"][0]["shipment_id"])
        # A device leaves once, whichever door it takes.
        again = await send(service, client, HEADER + rows(short, fresh(), taken, fresh()))
        assert statuses(again) == [("rejected", "serial_already_shipped")]


async def test_a_table_that_is_sent_again_sends_nothing_twice_and_goes_on(
    service: OrdersInProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with service.client() as client:
        (first, _), (second, _) = [await waiting(service, client) for _ in range(2)]
        key, one, other = str(new_id()), rows(first, fresh(), fresh(), fresh()), rows(second, fresh(), fresh(), fresh())
        ship = many_shipments.ship_seller_order

        async def cut_off(command: ShipSellerOrder, uow: Any, now: Any) -> Any:
            if command.tracking_number in other:
                raise ConnectionError("the database is gone")
            return await ship(command, uow, now)

        with monkeypatch.context() as patch:
            patch.setattr(many_shipments, "ship_seller_order", cut_off)
            begun = await send(service, client, HEADER + one + other, key)
            assert begun.status_code == 503
        whole = await send(service, client, HEADER + one + other, key)
        assert statuses(whole) == [("shipped", None), ("shipped", None)]
        assert whole.headers["Idempotent-Replayed"] == "true"
        assert (await send(service, client, HEADER + one + other, key)).json() == whole.json()
        changed = await send(service, client, HEADER + one, key)
        assert (changed.status_code, changed.json()["code"]) == (422, "idempotency_key_reused")


async def test_the_door_itself_refuses_what_is_no_table_and_who_is_no_seller(service: OrdersInProcess) -> None:
    async with service.client() as client:
        empty = await send(service, client, "")
        assert (empty.status_code, empty.json()["code"]) == (422, "parcel_table_unreadable")
        headers = as_seller(service, key=str(new_id()))
        json_body = await client.post("/v1/seller/shipments", json={}, headers=headers)
        assert json_body.status_code == 415
        reader = {**as_seller(service, "seller_orders:read", key=str(new_id())), "Content-Type": "text/csv"}
        assert (await client.post("/v1/seller/shipments", content=b"x", headers=reader)).status_code == 403
