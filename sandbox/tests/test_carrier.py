"""The carrier's scans."""

import pytest
from sandbox_builders import Sandbox

pytestmark = pytest.mark.storage


@pytest.mark.parametrize("status", ["in_transit", "delivered", "delivery_failed", "returned", "lost"])
async def test_every_scan_is_told_to_the_platform(sandbox: Sandbox, status: str) -> None:
    scan = {"carrier": "dhl", "tracking_number": "JD01", "status": status, "at": "2026-11-20T08:30:00Z"}
    assert (await sandbox.http.post("/carrier/events", json=scan)).status_code == 201
    [told] = await sandbox.platform.gets(f"parcel.{status}")
    assert told["data"] == scan | {"at": "2026-11-20T08:30:00+00:00"}
    assert sandbox.platform.received[0][0] == "/v1/webhooks/carrier"


async def test_a_failed_delivery_says_why(sandbox: Sandbox) -> None:
    scan = {"carrier": "dhl", "tracking_number": "JD01", "status": "delivery_failed", "reason": "refused"}
    assert (await sandbox.http.post("/carrier/events", json=scan)).status_code == 201
    [told] = await sandbox.platform.gets("parcel.delivery_failed")
    assert told["data"]["reason"] == "refused"


async def test_a_parcel_is_where_its_latest_scan_says_even_if_reported_late(sandbox: Sandbox) -> None:
    parcel = {"carrier": "dhl", "tracking_number": "JD01"}
    for status, hour in (("delivered", "12"), ("in_transit", "08")):
        await sandbox.http.post("/carrier/events", json=parcel | {"status": status, "at": f"2026-11-20T{hour}:00:00Z"})
    answer = (await sandbox.http.get("/carrier/parcels/JD01")).json()
    assert answer["status"] == "delivered"
    assert [event["status"] for event in answer["events"]] == ["in_transit", "delivered"]


async def test_an_unknown_parcel_is_not_found(sandbox: Sandbox) -> None:
    answer = await sandbox.http.get("/carrier/parcels/none")
    assert (answer.status_code, answer.json()["code"]) == (404, "parcel_not_found")


@pytest.mark.parametrize(
    "change",
    [{"status": "eaten"}, {"reason": "the dog"}, {"at": "2026-11-20T08:30:00"}, {"at": "9999-12-31T23:59:59-12:00"}],
)
async def test_a_malformed_scan_is_refused(sandbox: Sandbox, change: dict[str, str]) -> None:
    scan = {"carrier": "dhl", "tracking_number": "JD01", "status": "delivered"} | change
    assert (await sandbox.http.post("/carrier/events", json=scan)).status_code == 422
