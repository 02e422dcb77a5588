"""Filters, sorts, words and quantities of a search, as a buyer asks for them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chassis.kernel.ids import new_id

from ..builders import a_line
from ..conftest import a_catalog, a_door, results

pytestmark = pytest.mark.storage

BUYER = new_id()


def device(sku: str, brand: str, model: str, category: str, price: int, **changes: Any) -> dict[str, Any]:
    product = {"brand": brand, "model": model, "category": category}
    for name in ("storage", "ram", "color"):
        product[name] = changes.pop(name, None)
    return a_line(sku, product=product, price={"amount": price, "currency": "EUR"}, **changes)


SHELF = [
    device("PS5", "Sony", "PlayStation 5", "console", 40_000, storage="825GB", color="White", battery_health_percent=None),
    device("MBP", "Apple", "MacBook Pro 14", "laptop", 120_000, ram="16GB", storage="512GB", color="Silver",
           battery_health_percent=95, warranty_months=36),
    device("MBA", "Apple", "MacBook Air 13", "laptop", 80_000, ram="8GB", storage="256GB", color="Silver",
           battery_health_percent=88, warranty_months=24),
    device("SE2", "Apple", "iPhone SE (2020)", "smartphone", 12_000, ram="3GB", storage="128GB", color="Black",
           battery_health_percent=100, dispatch_business_days=0),
    device("S21", "Samsung", "Galaxy S21", "smartphone", 20_000, ram="8GB", storage="128GB", color="Black", quantity=50,
           price_tiers={"all": [{"from_quantity": 10, "price": {"amount": 11_000, "currency": "EUR"}}]}),
    device("P10", "Google", "Pixel 6", "smartphone", 19_000, storage="128GB", color="White", quantity=100, pack_size=10,
           min_order_quantity=20),
]  # fmt: skip


@pytest.fixture(scope="module")
async def shelf() -> AsyncIterator[Any]:
    async with a_catalog() as catalog, a_door(catalog) as door:
        door.seller = await catalog.admit()
        assert {line["status"] for line in results(await door.push(door.seller, SHELF))} == {"created"}
        yield door


async def found(door: Any, **params: Any) -> list[str]:
    answer = await door.get("/v1/offers", "buyer", BUYER, "catalog:read", **params)
    assert answer.status_code == 200, answer.text
    return [item["sku"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("params", "skus"),
    [
        ({"ram": "8gb"}, ["S21", "MBA"]),
        ({"color": ["black", "white"]}, ["SE2", "P10", "S21", "PS5"]),
        ({"category": ["laptop", "console"], "brand": "apple"}, ["MBA", "MBP"]),
        ({"battery_min": 95}, ["SE2", "MBP"]),
        ({"warranty_min": 24}, ["MBA", "MBP"]),
        ({"dispatch_max": 0}, ["SE2"]),
        ({"storage": "128 GB", "price_max": 19_000}, ["SE2", "P10"]),
        ({"sort": "battery", "category": ["laptop", "smartphone"]}, ["SE2", "MBP", "S21", "P10", "MBA"]),
        ({"sort": "warranty", "category": "laptop"}, ["MBP", "MBA"]),
        ({"sort": "dispatch", "category": "smartphone"}, ["SE2", "S21", "P10"]),
        # In bulk the Galaxy is the cheapest; the others have not so many, or do not sell so many at once.
        ({"quantity": 10}, ["S21"]),
        ({"quantity": 20}, ["S21", "P10"]),
        ({"quantity": 25}, ["S21"]),
        ({"quantity": 10, "price_max": 11_000}, ["S21"]),
        ({"quantity": 5}, ["SE2", "S21", "PS5", "MBA", "MBP"]),
    ],
)
async def test_filters_and_sorts(shelf: Any, params: dict[str, Any], skus: list[str]) -> None:
    assert await found(shelf, **params) == skus


@pytest.mark.parametrize(
    ("q", "skus"),
    [
        ("ps5", ["PS5"]),
        ("mbp", ["MBP"]),
        ("iphone se 2", ["SE2"]),
        ("galaxy 128 Go noir", ["S21"]),
        ("téléphone", ["SE2", "P10", "S21"]),
        ("laptop silber", ["MBA", "MBP"]),
        ("playstaton", ["PS5"]),
        ("macbok pro", ["MBP"]),
        ("gaalxy s21", ["S21"]),
        ("sony konsole", ["PS5"]),
        ("toaster", []),
    ],
)
async def test_words_are_understood(shelf: Any, q: str, skus: list[str]) -> None:
    assert await found(shelf, q=q) == skus


async def test_the_price_is_that_of_the_quantity_asked_for(shelf: Any) -> None:
    async def price(**params: Any) -> int:
        answer = await shelf.get("/v1/offers", "buyer", BUYER, "catalog:read", brand="Samsung", **params)
        (item,) = answer.json()["items"]
        amount: int = item["price"]["amount"]
        return amount

    assert await price() == 20_000
    assert await price(quantity=9) == 20_000
    assert await price(quantity=10) == 11_000


async def test_facets_and_total_count_what_the_other_filters_leave(shelf: Any) -> None:
    asked = {"category": "smartphone", "color": "Black", "facets": True, "limit": 1}
    answer = (await shelf.get("/v1/offers", "buyer", BUYER, "catalog:read", **asked)).json()
    facets = {name: {one["value"]: one["count"] for one in values} for name, values in answer["facets"].items()}
    assert answer["total"] == 2
    assert facets["color"] == {"Black": 2, "White": 1}
    assert facets["category"] == {"smartphone": 2}
    assert facets["ram"] == {"3GB": 1, "8GB": 1}
    assert facets["seller_id"] == {str(shelf.seller.id): 2}


@pytest.mark.parametrize(
    "params",
    [{"sort": "cheapest"}, {"quantity": 0}, {"battery_min": 101}, {"category": "toaster"}, {"ship_from": "fr"}],
)
async def test_what_makes_no_sense_is_refused(shelf: Any, params: dict[str, Any]) -> None:
    answer = await shelf.get("/v1/offers", "buyer", BUYER, "catalog:read", **params)
    assert answer.status_code == 422


async def test_a_change_is_found_and_no_longer_found_where_it_was(shelf: Any) -> None:
    changed = {"sku": "MBA", "battery_health_percent": 99, "price": {"amount": 70_000, "currency": "EUR"}}
    assert results(await shelf.push(shelf.seller, [changed]))[0]["status"] == "updated"
    assert await found(shelf, category="laptop", battery_min=99) == ["MBA"]
    assert await found(shelf, category="laptop", price_min=75_000) == ["MBP"]
    results(await shelf.push(shelf.seller, [{**SHELF[2], "sku": "MBA"}]))
    assert await found(shelf, category="laptop", battery_min=99) == []
