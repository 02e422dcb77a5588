"""The doors through which a paid part of an order ends, on a real database."""

import asyncio

import httpx
import pytest

from chassis.kernel.ids import new_id
from services.orders.tests.builders import OTHER_SELLER
from services.orders.tests.conftest import OrdersInProcess
from services.orders.tests.test_api.test_orders import as_buyer
from services.orders.tests.test_api.test_seller_orders import a_parcel, as_seller, fresh, to_ship

pytestmark = pytest.mark.storage


async def test_a_seller_gives_up_a_paid_part_once_and_a_repeat_is_told_so(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order_id, part_id = await to_ship(service, client)
        path, headers = f"/v1/seller/orders/{part_id}/cancellation", as_seller(service, key=str(new_id()))
        done = await client.post(path, json={"reason": "out_of_stock"}, headers=headers)
        assert done.status_code == 200, done.text
        told = done.json()
        assert (told["state"], told["cancel_reason"], told["cancelled_by"]) == ("cancelled", "out_of_stock", "seller")
        assert told["deliver_to"] is None
        again = await client.post(path, json={"reason": "out_of_stock"}, headers=headers)
        assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
        second = await client.post(path, json={"reason": "out_of_stock"}, headers=as_seller(service))
        assert (second.status_code, second.json()["code"]) == (409, "seller_order_move_refused")
        seen = (await client.get(f"/v1/orders/{order_id}", headers=as_buyer(service))).json()
        assert (seen["state"], seen["seller_orders"][0]["cancel_reason"]) == ("cancelled_exception", "out_of_stock")
        assert seen["history"][-1]["move"] == "reach_cancelled_exception"


async def test_a_refusal_is_kept_under_its_key(service: OrdersInProcess) -> None:
    async with service.client() as client:
        _, part_id = await to_ship(service, client)
        path, headers = f"/v1/seller/orders/{part_id}/cancellation", as_seller(service, key=str(new_id()))
        first = await client.post(path, json={"reason": "no_wish"}, headers=headers)
        assert (first.status_code, first.json()["code"]) == (422, "cancellation_reason_not_accepted")
        assert first.json()["accepted"] == ["out_of_stock"]
        again = await client.post(path, json={"reason": "no_wish"}, headers=headers)
        assert (again.status_code, again.headers["Idempotent-Replayed"]) == (422, "true")
        stranger = await client.post(
            path, json={"reason": "out_of_stock"}, headers=as_seller(service, company=OTHER_SELLER)
        )
        assert stranger.status_code == 404


async def test_of_a_parcel_and_a_cancellation_at_once_exactly_one_wins(service: OrdersInProcess) -> None:
    async with service.client() as client:
        for _ in range(3):
            order_id, part_id = await to_ship(service, client)
            path = f"/v1/seller/orders/{part_id}"
            answers: list[httpx.Response] = await asyncio.gather(
                client.post(f"{path}/shipments", json=a_parcel(fresh(), fresh(), fresh()), headers=as_seller(service)),
                client.post(f"{path}/cancellation", json={"reason": "out_of_stock"}, headers=as_seller(service)),
            )
            lost = [answer for answer in answers if answer.status_code == 409]
            assert [answer.json()["code"] for answer in lost] == ["seller_order_move_refused"]
            state = (await client.get(f"/v1/orders/{order_id}", headers=as_buyer(service))).json()["state"]
            assert state == ("cancelled_exception" if lost[0] is answers[0] else "shipped")


async def test_two_cancellations_at_once_end_it_once(service: OrdersInProcess) -> None:
    async with service.client() as client:
        _, part_id = await to_ship(service, client)
        path = f"/v1/seller/orders/{part_id}/cancellation"
        answers = await asyncio.gather(
            *(client.post(path, json={"reason": "out_of_stock"}, headers=as_seller(service)) for _ in range(2))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
