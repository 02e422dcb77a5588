"""The doors through which a paid part of an order ends, on a real database."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from chassis.kernel.ids import new_id
from services.orders.tests.builders import OTHER_SELLER, RULES
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


async def test_a_buyer_asks_once_its_seller_lets_it_go_and_both_see_it(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order_id, part_id = await to_ship(service, client)
        ask, headers = f"/v1/orders/{order_id}/cancellation-requests", as_buyer(service, key=str(new_id()))
        asked = await client.post(ask, json={"seller_order_id": part_id}, headers=headers)
        assert asked.status_code == 200, asked.text
        (part,) = asked.json()["seller_orders"]
        request = part["cancellation_request"]
        # Monday at 10:00 in Paris, and a business day later.
        assert (part["state"], request["state"], request["answer_by"]) == ("to_ship", "open", "2026-11-24T09:00:00Z")
        again = await client.post(ask, json={"seller_order_id": part_id}, headers=headers)
        assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
        second = await client.post(ask, json={}, headers=as_buyer(service))
        assert (second.status_code, second.json()["code"]) == (409, "cancellation_asked_already")
        decide, as_it = f"/v1/seller/orders/{part_id}/cancellation-decision", as_seller(service, key=str(new_id()))
        seen = (await client.get(f"/v1/seller/orders/{part_id}", headers=as_seller(service))).json()
        assert seen["cancellation_request"]["state"] == "open"
        done = await client.post(decide, json={"decision": "accept"}, headers=as_it)
        told = done.json()
        assert (told["state"], told["cancel_reason"], told["cancelled_by"]) == (
            "cancelled",
            "cancelled_by_buyer",
            "buyer",
        )
        replayed = await client.post(decide, json={"decision": "accept"}, headers=as_it)
        assert (replayed.status_code, replayed.headers["Idempotent-Replayed"]) == (200, "true")
        over = await client.post(ask, json={}, headers=as_buyer(service))
        assert (over.status_code, over.json()["code"], over.json()["state"]) == (
            409,
            "nothing_to_cancel",
            "cancelled_exception",
        )


async def test_a_refused_question_is_kept_under_its_key(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order_id, part_id = await to_ship(service, client)
        headers = as_seller(service, key=str(new_id()))
        path = f"/v1/seller/orders/{part_id}/cancellation-decision"
        first = await client.post(path, json={"decision": "decline"}, headers=headers)
        assert (first.status_code, first.json()["code"]) == (409, "cancellation_not_asked")
        await client.post(f"/v1/orders/{order_id}/cancellation-requests", json={}, headers=as_buyer(service))
        again = await client.post(path, json={"decision": "decline"}, headers=headers)
        assert (again.status_code, again.headers["Idempotent-Replayed"]) == (409, "true")
        stranger = as_buyer(service, company=OTHER_SELLER)
        asked = await client.post(f"/v1/orders/{order_id}/cancellation-requests", json={}, headers=stranger)
        assert asked.status_code == 404
        other = await client.post(path, json={"decision": "accept"}, headers=as_seller(service, company=OTHER_SELLER))
        assert other.status_code == 404


async def test_of_a_parcel_and_a_buyer_who_goes_at_once_exactly_one_wins(service: OrdersInProcess) -> None:
    service.rules.rules = replace(RULES, cancellation_while_paid="self_service_until_shipment")
    async with service.client() as client:
        for _ in range(3):
            order_id, part_id = await to_ship(service, client)
            parcel = a_parcel(fresh(), fresh(), fresh())
            shipped, gone = await asyncio.gather(
                client.post(f"/v1/seller/orders/{part_id}/shipments", json=parcel, headers=as_seller(service)),
                client.post(f"/v1/orders/{order_id}/cancellation-requests", json={}, headers=as_buyer(service)),
            )
            assert sorted((shipped.status_code, gone.status_code)) in ([200, 409], [201, 409])
            state = (await client.get(f"/v1/orders/{order_id}", headers=as_buyer(service))).json()["state"]
            assert state == ("shipped" if shipped.status_code == 201 else "cancelled_exception")


async def test_of_a_parcel_and_a_yes_at_once_exactly_one_wins(service: OrdersInProcess) -> None:
    async with service.client() as client:
        for _ in range(3):
            order_id, part_id = await to_ship(service, client)
            await client.post(f"/v1/orders/{order_id}/cancellation-requests", json={}, headers=as_buyer(service))
            path, parcel = f"/v1/seller/orders/{part_id}", a_parcel(fresh(), fresh(), fresh())
            shipped, let_go = await asyncio.gather(
                client.post(f"{path}/shipments", json=parcel, headers=as_seller(service)),
                client.post(f"{path}/cancellation-decision", json={"decision": "accept"}, headers=as_seller(service)),
            )
            assert sorted((shipped.status_code, let_go.status_code)) in ([200, 409], [201, 409])
            request = (await client.get(path, headers=as_seller(service))).json()["cancellation_request"]
            faster = shipped.status_code == 201
            assert (request["state"], request["declined_because"]) == (
                ("declined", "shipped") if faster else ("accepted", None)
            )


async def test_two_questions_at_once_are_one(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order_id, part_id = await to_ship(service, client)
        path = f"/v1/orders/{order_id}/cancellation-requests"
        answers = await asyncio.gather(*(client.post(path, json={}, headers=as_buyer(service)) for _ in range(2)))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        story = (await client.get(f"/v1/seller/orders/{part_id}", headers=as_seller(service))).json()["history"]
        assert [entry["move"] for entry in story].count("ask_cancellation") == 1


async def test_deadlines_decline_what_nobody_answers_and_find_what_did_not_leave(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order_id, part_id = await to_ship(service, client)
        path = f"/v1/seller/orders/{part_id}"
        told = await client.post(
            f"{path}/delay",
            json={"reason": "out_of_stock", "expected_on": "2026-11-30"},
            headers=as_seller(service, key=str(new_id())),
        )
        assert (told.status_code, told.json()["delay"]["excused"]) == (200, False)
        await client.post(f"/v1/orders/{order_id}/cancellation-requests", json={}, headers=as_buyer(service))
        service.clock.advance(days=1)
        while await service.timers.fire_deadlines():
            pass
        seen = (await client.get(path, headers=as_seller(service))).json()
        assert (seen["late_at"], seen["buyer_may_cancel_from"]) == ("2026-11-24T09:00:00Z", "2026-11-25T23:00:00Z")
        assert seen["cancellation_request"]["declined_because"] == "no_answer"
        service.clock.advance(days=2)
        ended = await client.post(f"/v1/orders/{order_id}/cancellation-requests", json={}, headers=as_buyer(service))
        assert (ended.status_code, ended.json()["state"]) == (200, "cancelled_exception")
        assert ended.json()["seller_orders"][0]["cancel_reason"] == "late_shipment"


async def test_two_cancellations_at_once_end_it_once(service: OrdersInProcess) -> None:
    async with service.client() as client:
        _, part_id = await to_ship(service, client)
        path = f"/v1/seller/orders/{part_id}/cancellation"
        answers = await asyncio.gather(
            *(client.post(path, json={"reason": "out_of_stock"}, headers=as_seller(service)) for _ in range(2))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
