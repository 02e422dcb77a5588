"""Terms beside the price, from a push to the database and to those who read offers."""

import json
from typing import Any

import pytest

from chassis.kernel.ids import new_id

from ..builders import a_line
from ..conftest import results

pytestmark = pytest.mark.storage

BUYER = new_id()


def eur(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


TERMS = {
    "price_tiers": {
        "all": [{"from_quantity": 10, "price": eur(37_000)}, {"from_quantity": 50, "price": eur(35_000)}],
        "DE": [{"from_quantity": 5, "price": eur(38_000)}],
    },
    "min_order_quantity": 2,
    "pack_size": 2,
    "floor_price": eur(30_000),
    "accessories": ["cable", "charger"],
    "in_refurbishment": [{"quantity": 12, "ready_on": "2026-12-01"}],
    "options": [{"code": "case", "kind": "accessory", "title": "Case", "price": eur(900)}],
    "levies": {"FR": [{"kind": "eco_contribution", "amount": eur(12)}]},
}


async def of_seller(door: Any, seller: Any) -> dict[str, Any]:
    answer = await door.get("/v1/seller/offers", "seller", seller.id, "stock:read")
    (item,) = answer.json()["items"]
    return {name: item[name] for name in TERMS}


async def test_terms_come_back_to_the_seller_as_they_were_sent(door: Any) -> None:
    seller = await door.catalog.admit()
    assert results(await door.push(seller, [a_line(**TERMS)]))[0]["status"] == "created"
    coming = [{"quantity": 12, "ready_on": "2026-12-01", "overdue": False}]
    assert await of_seller(door, seller) == TERMS | {"in_refurbishment": coming}
    assert results(await door.push(seller, [a_line(**TERMS)]))[0]["status"] == "unchanged"
    door.catalog.clock.advance(days=11)
    assert (await of_seller(door, seller))["in_refurbishment"] == [coming[0] | {"overdue": True}]


@pytest.mark.policy("B5", "*")
@pytest.mark.policy("B7", "*")
@pytest.mark.parametrize(
    ("market", "binding", "battery"),
    [
        ("fr-pro", True, (85, 0)),
        ("be-shop", False, (85, 0)),
        ("dk-shop", False, (90, 12)),
        ("uk-shop", False, None),
        ("nl-market", True, (85, 0)),
    ],
)
async def test_a_buyer_reads_what_its_market_promises(
    door: Any, market: str, binding: bool, battery: tuple[int, int] | None
) -> None:
    seller = await door.catalog.admit(markets=(market,))
    money = {"currency": "GBP" if market == "uk-shop" else "EUR"}
    line = a_line(
        grade="a_plus" if market == "be-shop" else "premium",
        warranty_months=24 if market == "dk-shop" else 12,
        battery_health_percent=93,
        price={"amount": 38_900, **money},
        shipping_fee={"amount": 0, **money},
    )
    (created,) = results(await door.push(seller, [line]))
    assert created["status"] == "created", created
    answer = await door.get(f"/v1/offers/{created['offer_id']}", "buyer", BUYER, "catalog:read", own_market=market)
    promised = answer.json()["promises"]
    floor = battery and {"floor_percent": battery[0], "holds_months": battery[1], "replaced_below": True}
    assert promised == {"stock_is_binding": binding, "battery": floor, "water_resistance_kept": False}
    # A unit in stock leaves within a business day; what is still to be made ready is none, here as everywhere.
    coming = {"sku": line["sku"], "in_refurbishment": [{"quantity": 3, "ready_on": "2026-12-01"}]}
    await door.push(seller, [coming])
    again = await door.get(f"/v1/offers/{created['offer_id']}", "buyer", BUYER, "catalog:read", own_market=market)
    assert (again.json()["available"], again.json()["in_refurbishment"][0]["quantity"]) == (5, 3)


async def test_a_buyer_reads_the_terms_of_its_country(door: Any) -> None:
    seller = await door.catalog.admit()
    offer = results(await door.push(seller, [a_line(**TERMS)]))[0]["offer_id"]

    async def read(**asked: str) -> Any:
        return (await door.get(f"/v1/offers/{offer}", "buyer", BUYER, "catalog:read", **asked)).json()

    here = await read()
    assert here["price_tiers"] == TERMS["price_tiers"]["all"]  # type: ignore[index]
    assert {name: here[name] for name in ("min_order_quantity", "pack_size", "accessories", "options")} == {
        name: TERMS[name] for name in ("min_order_quantity", "pack_size", "accessories", "options")
    }
    assert (here["levies"], here["available"]) == ([{"kind": "eco_contribution", "amount": eur(12)}], 5)
    assert here["in_refurbishment"] == [{"quantity": 12, "ready_on": "2026-12-01", "overdue": False}]
    assert "floor_price" not in here
    there = await read(price_country="DE")
    assert (there["price_tiers"], there["levies"]) == (TERMS["price_tiers"]["DE"], [])  # type: ignore[index]
    for hits in ({}, {"q": "iphone"}):
        (hit,) = (await door.get("/v1/offers", "buyer", BUYER, "catalog:read", price_country="DE", **hits)).json()[
            "items"
        ]
        assert hit["price_tiers"] == there["price_tiers"]
    door.catalog.clock.advance(days=11)
    assert (await read())["in_refurbishment"] == []


async def test_a_line_changes_only_the_terms_it_sends(door: Any) -> None:
    seller = await door.catalog.admit()
    console = {"brand": "Sony", "model": "PlayStation 5", "category": "console"}
    await door.push(seller, [a_line(**TERMS), a_line("PLAIN", product=console)])
    changes = [{"sku": "A-1", "pack_size": 4, "levies": {}, "options": None}, {"sku": "PLAIN", "accessories": []}]
    answered = results(await door.push(seller, [{"quantity": 5, **line} for line in changes]))
    assert [line["status"] for line in answered] == ["updated", "updated"]
    rows = await door.catalog.rows(
        "select sku, pack_size, levies::text, accessories, min_order_quantity from offers order by sku"
    )
    assert [tuple(row) for row in rows] == [("A-1", 4, "{}", ["cable", "charger"], 2), ("PLAIN", 1, "{}", [], 1)]
    # Read again by a push, an offer that lists no accessory still lists none.
    assert results(await door.push(seller, [{"sku": "PLAIN", "accessories": []}]))[0]["status"] == "unchanged"


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("price_tiers", {"all": [{"from_quantity": 1, "price": eur(1)}]}, "/price_tiers/all/0/from_quantity"),
        ("price_tiers", {"France": []}, "/price_tiers/France/[key]"),
        ("price_tiers", {"all": [{"from_quantity": 2, "price": eur(0)}]}, "/price_tiers/all/0/price/amount"),
        ("pack_size", 0, "/pack_size"),
        ("min_order_quantity", "5", "/min_order_quantity"),
        ("in_refurbishment", [{"quantity": 1, "ready_on": "soon"}], "/in_refurbishment/0/ready_on"),
        ("options", [{"code": "X", "kind": "other", "title": "x", "price": eur(1)}], "/options/0/code"),
        ("levies", {"FR": [{"kind": "tax", "amount": eur(1)}]}, "/levies/FR/0/kind"),
    ],
)
async def test_terms_that_make_no_sense_are_named_by_their_field(
    door: Any, field: str, value: Any, pointer: str
) -> None:
    seller = await door.catalog.admit()
    (line,) = results(await door.push(seller, json.dumps(a_line(**{field: value})).encode()))
    assert line["problem"]["code"] == "validation_failed"
    assert [error["pointer"] for error in line["problem"]["errors"]] == [pointer]
