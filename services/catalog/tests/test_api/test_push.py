"""The push's HTTP door: every way to get it wrong has a name, for the whole body and for single lines."""

import json
from dataclasses import replace
from typing import Any

import pytest

from catalog.api.ndjson import LINES_MAX
from catalog.domain.seller import SellerState
from chassis.kernel.ids import new_id

from ..builders import a_line, a_seller
from ..conftest import results

pytestmark = pytest.mark.storage


async def test_a_pushed_line_is_answered_with_its_offer(door: Any) -> None:
    seller = await door.catalog.admit()
    (line,) = results(await door.push(seller, [a_line("A-1", as_of="2026-11-21T08:00:00Z", markets=["fr-pro"])]))
    assert line.pop("offer_id")
    assert line == {"line": 1, "sku": "A-1", "status": "created", "available": 5}


async def test_answers_stand_in_the_order_and_under_the_number_of_their_lines(door: Any) -> None:
    seller = await door.catalog.admit()
    body = "\ufeff" + json.dumps(a_line("A")) + "\r\n\r\n{oops\n" + json.dumps(a_line("B")) + "\n"
    lines = results(await door.push(seller, body.encode()))
    assert [(line["line"], line["sku"], line["status"]) for line in lines] == [
        (1, "A", "created"),
        (3, None, "rejected"),
        (4, "B", "created"),
    ]
    assert lines[1]["problem"]["code"] == "malformed_json"


async def test_a_repeat_with_the_same_key_gets_the_same_bytes(door: Any) -> None:
    seller = await door.catalog.admit()
    first = await door.push(seller, [a_line()], key="push-1")
    door.catalog.clock.advance(hours=1)
    again = await door.push(seller, [a_line()], key="push-1")
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await door.push(seller, [a_line(quantity=1)], key="push-1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_unusable_lines_are_rejected_by_name_and_the_others_go_in(door: Any) -> None:
    seller = await door.catalog.admit()
    wrong = [
        ("{", "malformed_json"),
        (json.dumps({"sku": "A", "quantity": -1}), "validation_failed"),
        (json.dumps({"sku": "B"}), "fields_missing"),
        (json.dumps(a_line("C", grade="shiny")), "market_rule_violated"),
        (json.dumps(a_line("D", markets=["nl-market"])), "market_rule_violated"),
    ]
    lines = results(await door.push(seller, [*[line for line, _ in wrong], a_line("E")]))
    assert [line["problem"]["code"] for line in lines[:-1]] == [code for _, code in wrong]
    assert lines[-1]["status"] == "created"


async def test_a_rule_that_refuses_is_named_with_its_market(door: Any) -> None:
    seller = await door.catalog.admit(markets=("fr-pro", "dk-shop"))
    (line,) = results(await door.push(seller, [a_line(battery_health_percent=84, warranty_months=24)]))
    broken = {(error["rule"], error["market"]) for error in line["problem"]["errors"]}
    assert broken == {("battery.floor_percent_by_grade", "fr-pro"), ("battery.floor_percent_by_grade", "dk-shop")}


async def test_the_lines_of_others_cannot_be_reached_by_their_sku(door: Any) -> None:
    mine, theirs = await door.catalog.admit(), await door.catalog.admit()
    await door.push(mine, [a_line("A")])
    (line,) = results(await door.push(theirs, [{"sku": "A", "quantity": 0}]))
    assert line["problem"]["code"] == "fields_missing"
    assert (await door.catalog.rows("select counted from stock"))[0][0] == 5


async def _problem(response: Any) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


async def test_a_body_without_lines_is_refused(door: Any) -> None:
    seller = await door.catalog.admit()
    assert await _problem(await door.push(seller, b"")) == (422, "batch_empty")
    assert await _problem(await door.push(seller, b"\n \n")) == (422, "batch_empty")


async def test_too_many_lines_are_refused(door: Any) -> None:
    seller = await door.catalog.admit()
    assert await _problem(await door.push(seller, b"{}\n" * (LINES_MAX + 1))) == (422, "batch_too_long")


async def test_a_body_above_ten_megabytes_is_refused(door: Any) -> None:
    seller = await door.catalog.admit()
    assert await _problem(await door.push(seller, b"x" * (10 * 1024 * 1024 + 1))) == (413, "body_too_large")


@pytest.mark.parametrize("media_type", ["application/json", "text/csv", ""])
async def test_another_media_type_is_refused(door: Any, media_type: str) -> None:
    seller = await door.catalog.admit()
    refused = await door.push(seller, [a_line()], **{"Content-Type": media_type})
    assert await _problem(refused) == (415, "unsupported_media_type")


async def test_a_write_needs_a_key(door: Any) -> None:
    seller = await door.catalog.admit()
    assert await _problem(await door.push(seller, [a_line()], **{"Idempotency-Key": " "})) == (
        400,
        "idempotency_key_required",
    )


async def test_a_stranger_and_a_buyer_may_not_push(door: Any) -> None:
    seller = await door.catalog.admit()
    assert await _problem(await door.push(seller, [a_line()], Authorization="Bearer nonsense")) == (
        401,
        "not_signed_in",
    )
    buyer = door.tokens.headers("buyer", new_id(), "catalog:read")["Authorization"]
    assert await _problem(await door.push(seller, [a_line()], Authorization=buyer)) == (403, "scope_missing")


async def test_a_seller_that_is_not_active_may_not_push_yet_and_may_try_again(door: Any) -> None:
    seller = a_seller()
    assert await _problem(await door.push(seller, [a_line()], key="first")) == (409, "seller_not_active")
    approved = replace(seller, state=SellerState.APPROVED)
    await door.catalog.executor.run(lambda uow, now: uow.sellers.save(approved))
    assert await _problem(await door.push(seller, [a_line()], key="first")) == (409, "seller_not_active")
    await door.catalog.executor.run(lambda uow, now: uow.sellers.save(seller))
    assert results(await door.push(seller, [a_line()], key="first"))[0]["status"] == "created"


async def test_attributes_are_kept_as_the_category_has_them(door: Any) -> None:
    seller = await door.catalog.admit()
    product = {
        "brand": "Lenovo",
        "model": "ThinkPad T14",
        "category": "laptop",
        "mpn": "20T0-S3A",
        "attributes": {"screen_inches": 14, "keyboard_layout": "AZERTY_FR", "touchscreen": False},
    }
    line = a_line("L-1", product=product, battery_health_percent=90)
    assert results(await door.push(seller, [line]))[0]["status"] == "created"
    (shown,) = (await door.get("/v1/seller/offers", "seller", seller.id, "stock:read")).json()["items"]
    assert shown["product"]["attributes"] == {
        "screen_inches": "14.0",
        "keyboard_layout": "azerty_fr",
        "touchscreen": False,
    }
    assert (shown["product"]["mpn"], shown["product_state"]) == ("20T0-S3A", "unreviewed")
    assert shown["title"] == "Lenovo ThinkPad T14, azerty fr, 14.0 inch"
    same = {**product, "attributes": {"screen_inches": "14.0", "keyboard_layout": "azerty_fr"}}
    assert results(await door.push(seller, [{"sku": "L-1", "product": same}]))[0]["status"] == "unchanged"


async def test_a_wrong_attribute_refuses_its_line_and_says_what_is_allowed(door: Any) -> None:
    seller = await door.catalog.admit()
    product = {"brand": "Lenovo", "model": "T14", "category": "laptop"}
    wrong = {**product, "attributes": {"keyboard_layout": "dvorak", "colour_depth": 8}}
    (refused,) = results(await door.push(seller, [a_line("L-1", product=wrong)]))
    assert (refused["status"], refused["problem"]["code"]) == ("rejected", "attribute_invalid")
    unknown, value = refused["problem"]["errors"]
    assert (unknown["pointer"], unknown["code"]) == ("/product/attributes/colour_depth", "attribute_unknown")
    assert (value["pointer"], value["code"]) == ("/product/attributes/keyboard_layout", "attribute_value")
    assert value["detail"].startswith('keyboard_layout: "dvorak" was sent, allowed is one of azerty_fr, ')


@pytest.mark.parametrize("value", ["1e400", "NaN", "[]", "null", "{}"])
async def test_what_no_attribute_can_be_refuses_its_line_only(door: Any, value: str) -> None:
    seller = await door.catalog.admit()
    product = {"brand": "Dell", "model": "U2720Q", "category": "monitor", "attributes": {"screen_inches": "SENT"}}
    line = json.dumps(a_line("M-1", product=product)).replace('"SENT"', value)
    first, second = results(await door.push(seller, [line, a_line("A-2")]))
    assert (first["status"], second["status"]) == ("rejected", "created")
