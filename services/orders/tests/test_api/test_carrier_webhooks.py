"""The carrier's door: genuine messages take effect once, forged ones never."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text
from standardwebhooks import Webhook

from chassis.kernel.clock import real_now
from chassis.kernel.ids import Id, new_id
from services.orders.tests.conftest import CARRIER_SECRET, OrdersInProcess
from services.orders.tests.test_api.test_seller_orders import a_parcel, as_seller, fresh, to_ship

pytestmark = pytest.mark.storage

PATH = "/v1/webhooks/carrier"


def a_scan(tracking_number: str, status: str = "delivered", **changes: object) -> bytes:
    data = {"carrier": "dhl", "tracking_number": tracking_number, "status": status, "at": "2026-11-23T09:00:00+00:00"}
    return json.dumps({"type": f"parcel.{status}", "id": "1", "data": {**data, **changes}}).encode()


def signed(body: bytes, *, webhook_id: str | None = None, at: datetime | None = None) -> dict[str, str]:
    sent_at, name = at or real_now(), webhook_id or f"evt_{new_id()}"
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        # The library reads the wall clock of what it is given, so it has to be UTC.
        "webhook-signature": Webhook(CARRIER_SECRET).sign(name, sent_at.astimezone(UTC), body.decode()),
    }


async def shipped(service: OrdersInProcess, client: httpx.AsyncClient) -> tuple[Id, str]:
    """The order's id and the tracking number of its parcel."""
    order_id, part_id = await to_ship(service, client)
    tracking = fresh()
    path = f"/v1/seller/orders/{part_id}/shipments"
    answer = await client.post(path, json=a_parcel(tracking, fresh(), fresh()), headers=as_seller(service))
    assert answer.status_code == 201
    return Id(order_id), tracking


async def messages(service: OrdersInProcess, webhook_id: str) -> list[str]:
    async with service.engine.connect() as connection:
        rows = await connection.execute(
            text("select state from carrier_messages where webhook_id = :id"), {"id": webhook_id}
        )
        return list(rows.scalars())


async def test_a_delivery_takes_effect_once(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order_id, tracking = await shipped(service, client)
        body = a_scan(tracking)
        headers = signed(body)
        for _ in range(3):
            assert (await client.post(PATH, content=body, headers=headers)).status_code == 204
        while await service.timers.fire_deadlines():
            pass
        assert (await service.order(order_id)).state == "delivered"
        assert (await service.published(order_id))[-2:] == ["shipped", "delivered"]
        assert await messages(service, headers["webhook-id"]) == ["matched"]


async def test_a_parcel_nobody_knows_yet_waits_for_its_seller(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order_id, part_id = await to_ship(service, client)
        tracking = fresh()
        body = a_scan(tracking)
        headers = signed(body)
        assert (await client.post(PATH, content=body, headers=headers)).status_code == 204
        await service.timers.fire_deadlines()
        assert await messages(service, headers["webhook-id"]) == ["unmatched"]
        parcel = a_parcel(tracking, fresh(), fresh())
        await client.post(f"/v1/seller/orders/{part_id}/shipments", json=parcel, headers=as_seller(service))
        assert (await service.order(Id(order_id))).state == "delivered"
        assert await messages(service, headers["webhook-id"]) == ["matched"]


async def test_forged_and_stale_messages_are_refused_and_not_stored(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order_id, tracking = await shipped(service, client)
        body = a_scan(tracking)
        good = signed(body)
        stolen = Webhook("whsec_YW5vdGhlciBzZWNyZXQ=")
        forgeries: dict[str, tuple[bytes, dict[str, str]]] = {
            "no headers": (body, {}),
            "no signature": (body, {**good, "webhook-signature": ""}),
            "another body": (a_scan(tracking, "lost"), good),
            "another id": (body, {**good, "webhook-id": "evt_other"}),
            "another secret": (
                body,
                {**good, "webhook-signature": stolen.sign(good["webhook-id"], datetime.now(UTC), body.decode())},
            ),
            "another version": (body, {**good, "webhook-signature": good["webhook-signature"].replace("v1,", "v2,")}),
            "no version": (body, {**good, "webhook-signature": "nonsense"}),
            "not base64": (body, {**good, "webhook-signature": "v1,###"}),
            "a timestamp that is none": (body, {**good, "webhook-timestamp": "yesterday"}),
            "six minutes old": (body, signed(body, at=real_now() - timedelta(minutes=6))),
            "six minutes ahead": (body, signed(body, at=real_now() + timedelta(minutes=6))),
            "bytes that are no text": (b"\xff\xfe", good),
        }
        for name, (content, headers) in forgeries.items():
            answer = await client.post(PATH, content=content, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "webhook_signature_invalid"), name
            assert await messages(service, headers.get("webhook-id", "")) == []
        await service.timers.fire_deadlines()
        assert (await service.order(order_id)).state == "shipped"


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"data": {"carrier": "dhl"}}', b"not json"])
async def test_a_genuine_message_that_cannot_be_read_is_kept(service: OrdersInProcess, body: bytes) -> None:
    async with service.client() as client:
        headers = signed(body)
        assert (await client.post(PATH, content=body, headers=headers)).status_code == 204
        assert await messages(service, headers["webhook-id"]) == ["unreadable"]


async def test_a_scan_without_a_zone_is_taken_as_utc(service: OrdersInProcess) -> None:
    async with service.client() as client:
        order_id, tracking = await shipped(service, client)
        body = a_scan(tracking, at="2026-11-23T09:00:00")
        assert (await client.post(PATH, content=body, headers=signed(body))).status_code == 204
        while await service.timers.fire_deadlines():
            pass
        assert (await service.order(order_id)).state == "delivered"
