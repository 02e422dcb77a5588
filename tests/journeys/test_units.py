"""One device's life: tested, held back for its battery, sold, scanned, broken, refunded, and sold once more."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from regrade import demo, numbers
from regrade.platform import Refused, wait_for
from regrade.story import Member
from tests.journeys.world import World

pytestmark = pytest.mark.journey

AT = "2026-11-01T09:00:00Z"


def phone_of(world: World, seller: Member) -> dict[str, Any]:
    """An offer of the seller that has a battery and enough units, as its buyer sees it."""
    found = world.buyer.caller.each("/v1/offers", category="smartphone", in_stock="true")
    return next(one for one in found if one["seller_id"] == seller.company_id and one["available"] > 5)


def push(seller: Member, **unit: Any) -> dict[str, Any]:
    (line,) = seller.caller.patch_lines("/v1/seller/units", json.dumps(unit).encode())
    return line


def passport(seller: Member, unit_id: str, state: str) -> dict[str, Any]:
    """The passport, once the device is there."""

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = seller.caller.get(f"/v1/seller/units/{unit_id}")
        return found if found["state"] == state else None

    return wait_for(look, f"the device to be {state}")


def to_ship(world: World, seller: Member, offer: dict[str, Any], reference: str) -> dict[str, Any]:
    """The seller's part of a paid order of one unit."""
    story, buyer = world.story, world.buyer
    order = story.place_order(buyer, [(offer, 1)], demo.BUYER.deliver_to(), reference)
    order, _ = story.purchase_order(buyer, order["id"])
    story.wire(buyer, order)

    def ready() -> dict[str, Any] | None:
        parts = seller.caller.each("/v1/seller/orders")
        return next((one for one in parts if one["order_id"] == order["id"] and one["state"] == "to_ship"), None)

    return wait_for(ready, "the seller's part to be ready to ship")


def ship(seller: Member, part: dict[str, Any], imei: str) -> dict[str, Any]:
    lines = [{"line_no": 1, "units": [{"imei": imei}]}]
    body = {"carrier": "DHL", "tracking_number": f"U{uuid4().hex[:12]}", "lines": lines}
    shipped: dict[str, Any] = seller.caller.post(f"/v1/seller/orders/{part['id']}/shipments", body)
    return shipped


def test_one_device_lives_through_everything(world: World) -> None:
    story, buyer, (seller, rival) = world.story, world.buyer, world.sellers[:2]
    offer = phone_of(world, seller)
    imei = numbers.imei(f"a device of {uuid4()}")
    made = push(seller, imei=imei, sku=offer["sku"], grade=offer["grade"], battery_health_percent=41)
    assert made["status"] == "created", made

    # Held back: the buyer's market promises more of a battery than this one has.
    part = to_ship(world, seller, offer, "a tired battery")
    with pytest.raises(Refused) as refusal:
        ship(seller, part, imei)
    assert refusal.value.code == "battery_below_floor"
    test = {"test": "Battery", "result": "pass", "at": AT}
    part_in = {"part": "battery", "kind": "compatible"}
    push(seller, imei=imei, battery_health_percent=100, diagnostics=[test], replaced_parts=[part_in])

    def shipped() -> dict[str, Any] | None:
        try:
            return ship(seller, part, imei)
        except Refused as still:
            # The news of the new battery is on its way.
            if still.code != "battery_below_floor":
                raise
            return None

    shipment = wait_for(shipped, "the device to leave")["shipments"][0]
    assert [one["what"] for one in passport(seller, made["unit_id"], "shipped")["history"]] == [
        "registered",
        "described",
        "shipped",
    ]

    # Whoever scans the box reads of the device, and of nobody.
    page = httpx.get(made["check_url"], headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert imei[-4:] in page.text
    for secret in (imei, seller.company_id, buyer.company_id, part["order_id"], offer["sku"]):
        assert secret not in page.text
    label = httpx.get(
        f"{world.stack.url('gateway')}/v1/seller/units/{made['unit_id']}/label",
        headers={"Authorization": f"Bearer {seller.api_key}"},
    )
    assert label.headers["content-type"].startswith("image/svg+xml")

    # It breaks and cannot be repaired: the money goes back, and so does the device.
    story.deliver(shipment)
    case = story.open_case(buyer, part["order_id"], imei)
    story.cannot_repair(seller, case)
    passport(seller, made["unit_id"], "returned")
    assert push(rival, imei=imei, sku=offer["sku"], grade=offer["grade"])["problem"]["code"] in (
        "unit_held_elsewhere",
        "unit_sku_unknown",
    )
    assert push(seller, imei=imei, state="in_stock")["state"] == "in_stock"

    # And it is sold once more, but never twice.
    again = to_ship(world, seller, offer, "the same device again")
    assert ship(seller, again, imei)["state"] in ("shipped", "delivered")
    third = to_ship(world, seller, offer, "the same device a third time")
    with pytest.raises(Refused) as twice:
        ship(seller, third, imei)
    assert twice.value.code == "serial_already_shipped"


def test_a_device_of_another_seller_is_refused_at_the_bench_and_at_the_parcel(world: World) -> None:
    seller, rival = world.sellers[:2]
    offer, own = phone_of(world, seller), rival.caller.get("/v1/seller/offers", limit=1)["items"][0]
    imei = numbers.imei(f"a rival's device {uuid4()}")
    assert push(rival, imei=imei, sku=own["sku"], grade=own["grade"])["status"] == "created"
    assert push(seller, imei=imei, sku=offer["sku"], grade=offer["grade"])["problem"]["code"] == "unit_held_elsewhere"
    part = to_ship(world, seller, offer, "somebody else's device")
    with pytest.raises(Refused) as refusal:
        ship(seller, part, imei)
    assert refusal.value.code == "unit_held_elsewhere"
    assert rival.company_id not in str(refusal.value)
