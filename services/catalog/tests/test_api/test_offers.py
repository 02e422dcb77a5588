"""What buyers and sellers read: search, one offer, a seller's own list."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from catalog.api.schemas import OfferDetailBody, OfferPage
from catalog.domain.reservation import OrderedLine
from catalog.domain.seller import SellerState
from catalog.use_cases.note_seller import NoteSeller, note_seller
from catalog.use_cases.reserve_stock import ReserveStock, reserve_stock
from chassis.kernel.ids import Id, new_id

from ..builders import a_line, an_order
from ..conftest import a_catalog, a_door, results

pytestmark = pytest.mark.storage

BUYER = new_id()


def device(sku: str, brand: str, model: str, category: str, price: int, **changes: Any) -> dict[str, Any]:
    product = {"brand": brand, "model": model, "category": category, "storage": changes.pop("storage", None)}
    return a_line(sku, product=product, price={"amount": price, "currency": "EUR"}, **changes)


SHELF = [
    device("P1", "Apple", "iPhone 13", "smartphone", 38_900, storage="128GB"),
    device("P2", "Apple", "iPhone 13", "smartphone", 35_000, storage="128GB", grade="fair"),
    device("P3", "Apple", "iPhone 13 Pro", "smartphone", 52_000, storage="256GB"),
    device("P4", "Samsung", "Galaxy S21", "smartphone", 29_000, storage="128GB", quantity=0),
    device("L1", "Lenovo", "ThinkPad T14", "laptop", 61_000, storage="512GB", ship_from="DE"),
    device("M1", "Dell", "U2720Q", "monitor", 21_500, battery_health_percent=None),
]


async def search(door: Any, **params: Any) -> list[str]:
    answer = await door.get("/v1/offers", "buyer", BUYER, "catalog:read", **params)
    assert answer.status_code == 200, answer.text
    return [item["sku"] for item in answer.json()["items"]]


async def _code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def fill(door: Any) -> Any:
    door.seller = await door.catalog.admit(markets=("fr-pro", "nl-market"))
    lines = results(await door.push(door.seller, [line | {"markets": ["fr-pro"]} for line in SHELF]))
    door.ids = {line["sku"]: Id(line["offer_id"]) for line in lines}
    return door


@pytest.fixture
async def shelf(door: Any) -> Any:
    return await fill(door)


@pytest.fixture(scope="module")
async def untouched_shelf() -> AsyncIterator[Any]:
    async with a_catalog() as catalog, a_door(catalog) as door:
        yield await fill(door)


@pytest.mark.parametrize(
    ("params", "skus"),
    [
        ({}, ["M1", "P4", "P2", "P1", "P3", "L1"]),
        ({"sort": "newest"}, ["M1", "L1", "P4", "P3", "P2", "P1"]),
        ({"q": "iphone 13"}, ["P2", "P1", "P3"]),
        ({"q": "IPHONE pro"}, ["P3"]),
        ({"q": "thinkp"}, ["L1"]),
        ({"q": "iphnoe"}, ["P2", "P1", "P3"]),
        ({"q": "galxy s21"}, ["P4"]),
        ({"q": "toaster"}, []),
        ({"q": "'; drop table offers; --"}, []),
        ({"q": "\x00&|!()"}, ["M1", "P4", "P2", "P1", "P3", "L1"]),
        ({"category": "laptop"}, ["L1"]),
        ({"brand": "Apple", "grade": "fair"}, ["P2"]),
        ({"storage": "128GB", "in_stock": "true"}, ["P2", "P1"]),
        ({"price_min": 29_000, "price_max": 38_900}, ["P4", "P2", "P1"]),
        ({"ship_from": "DE"}, ["L1"]),
        ({"currency": "DKK"}, []),
    ],
)
async def test_search_finds_what_fits_in_the_order_asked_for(
    shelf: Any, params: dict[str, Any], skus: list[str]
) -> None:
    assert await search(shelf, **params) == skus


@pytest.mark.parametrize("asked", [{}, {"q": "iphone"}], ids=["all", "named products"])
@pytest.mark.parametrize("sort", ["price", "newest"])
async def test_pages_show_every_offer_once_even_at_equal_prices(door: Any, sort: str, asked: dict[str, str]) -> None:
    seller = await door.catalog.admit()
    prices = [{"amount": 10_000 + n // 5, "currency": "EUR"} for n in range(23)]
    dear = {"amount": 20_000, "currency": "EUR"}
    # Each fourth has its price for France only in a table of its own.
    lines = [
        a_line(f"S{n:02}", price=dear, prices={"FR": price}) if n % 4 == 0 else a_line(f"S{n:02}", price=price)
        for n, price in enumerate(prices)
    ]
    await door.push(seller, lines)
    seen, cursor = [], None
    for _ in range(4):
        params = {"limit": 7, "sort": sort, **asked, **({"cursor": cursor} if cursor else {})}
        page = (await door.get("/v1/offers", "buyer", BUYER, "catalog:read", **params)).json()
        seen += [(item["price"]["amount"], item["sku"]) for item in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert sorted(sku for _, sku in seen) == [f"S{n:02}" for n in range(23)]
    if sort == "price":
        assert [price for price, _ in seen] == [price["amount"] for price in prices]
    else:
        assert [sku for _, sku in seen] == [f"S{n:02}" for n in reversed(range(23))]


async def test_a_word_of_many_products_finds_all_of_them(door: Any) -> None:
    await fill(door)
    count = 101
    lines = [device(f"G{n}", "Google", f"Pixel {n}", "smartphone", 20_000 + 7 * n % 50) for n in range(count)]
    results(await door.push(door.seller, lines))
    found = await door.get("/v1/offers", "buyer", BUYER, "catalog:read", q="pixel", limit=count + 1, facets=True)
    items = found.json()["items"]
    assert {item["sku"] for item in items} == {line["sku"] for line in lines}
    assert [item["price"]["amount"] for item in items] == sorted(line["price"]["amount"] for line in lines)
    assert found.json()["facets"]["brand"] == [{"value": "Google", "count": count}]


async def test_what_is_answered_is_the_published_shape_to_the_byte(shelf: Any) -> None:
    found = await shelf.get("/v1/offers", "buyer", BUYER, "catalog:read", limit=2, facets=True)
    assert found.content == OfferPage.model_validate_json(found.content).model_dump_json().encode()
    assert f"cursor={found.json()['next_cursor']}" in found.headers["Link"]
    one = await shelf.get(f"/v1/offers/{shelf.ids['M1']}", "buyer", BUYER, "catalog:read")
    assert one.content == OfferDetailBody.model_validate_json(one.content).model_dump_json().encode()


async def test_a_cursor_of_another_order_is_refused(shelf: Any) -> None:
    page = (await shelf.get("/v1/offers", "buyer", BUYER, "catalog:read", limit=1)).json()
    wrong = {"cursor": page["next_cursor"], "sort": "newest"}
    assert await _code(await shelf.get("/v1/offers", "buyer", BUYER, "catalog:read", **wrong)) == (
        422,
        "cursor_invalid",
    )
    forged = {"cursor": "W10"}
    assert await _code(await shelf.get("/v1/offers", "buyer", BUYER, "catalog:read", **forged)) == (
        422,
        "cursor_invalid",
    )


async def test_facets_count_the_hits(shelf: Any) -> None:
    answer = await shelf.get("/v1/offers", "buyer", BUYER, "catalog:read", category="smartphone", facets=True)
    facets = {name: {v["value"]: v["count"] for v in values} for name, values in answer.json()["facets"].items()}
    assert facets == {
        # Its own filter does not restrict a facet: this is how many there would be of the others.
        "category": {"smartphone": 4, "laptop": 1, "monitor": 1},
        "brand": {"Apple": 3, "Samsung": 1},
        "grade": {"good": 3, "fair": 1},
        "storage": {"128GB": 3, "256GB": 1},
        "ram": {},
        "color": {},
        "ship_from": {"FR": 4},
        "warranty_months": {"12": 4},
        "seller_id": {str(shelf.seller.id): 4},
    }
    assert answer.json()["total"] == 4
    unasked = await shelf.get("/v1/offers", "buyer", BUYER, "catalog:read", category="smartphone")
    assert unasked.json()["facets"] is None


async def test_a_price_country_shows_its_own_prices_in_its_own_order(shelf: Any) -> None:
    own = {"sku": "P3", "prices": {"DE": {"amount": 20_000, "currency": "EUR"}}, "confirm_price": True}
    assert results(await shelf.push(shelf.seller, [own]))[0]["status"] == "updated"
    assert (await search(shelf, price_country="DE"))[:2] == ["P3", "M1"]
    assert await search(shelf, price_country="DE", price_max=20_000) == ["P3"]
    assert (await search(shelf))[-2:] == ["P3", "L1"]
    body = await shelf.get(f"/v1/offers/{shelf.ids['P3']}", "buyer", BUYER, "catalog:read", price_country="DE")
    assert body.json()["price"] == {"amount": 20_000, "currency": "EUR"}
    refused = await shelf.get("/v1/offers", "buyer", BUYER, "catalog:read", price_country="JP")
    assert await _code(refused) == (422, "country_not_served")


async def test_a_buyer_sees_its_own_market_and_others_the_one_they_ask_for(shelf: Any) -> None:
    path = f"/v1/offers/{shelf.ids['P1']}"
    dutch = await shelf.get(path, "buyer", BUYER, "catalog:read", own_market="nl-market")
    assert await _code(dutch) == (404, "offer_not_found")
    asking = await shelf.get(path, "buyer", BUYER, "catalog:read", market="nl-market")
    assert await _code(asking) == (403, "market_not_yours")
    operator = await shelf.get(path, "operator", BUYER, "catalog:read", own_market=None, market="fr-pro")
    assert operator.json()["sku"] == "P1"
    nowhere = await shelf.get("/v1/offers", "operator", BUYER, "catalog:read", own_market=None, market="atlantis")
    assert await _code(nowhere) == (422, "unknown_market")


async def test_paused_offers_and_suspended_sellers_are_not_on_sale(shelf: Any) -> None:
    await shelf.push(shelf.seller, [{"sku": "P1", "state": "paused"}])
    assert "P1" not in await search(shelf)
    suspended = NoteSeller(shelf.seller.id, SellerState.SUSPENDED)
    await shelf.catalog.executor.run(partial(note_seller, suspended))
    assert await search(shelf) == []
    one = await shelf.get(f"/v1/offers/{shelf.ids['P2']}", "buyer", BUYER, "catalog:read")
    assert await _code(one) == (404, "offer_not_found")


async def test_the_etag_changes_with_stock_and_spares_an_unchanged_body(shelf: Any) -> None:
    path = f"/v1/offers/{shelf.ids['P1']}"
    headers = shelf.tokens.headers("buyer", BUYER, "catalog:read")
    first = await shelf.client.get(path, headers=headers)
    assert first.json()["available"] == 5
    same = await shelf.client.get(path, headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    order = an_order(OrderedLine(1, shelf.ids["P1"], 2))
    await shelf.catalog.executor.run(partial(reserve_stock, ReserveStock(order)))
    after = await shelf.client.get(path, headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (after.status_code, after.json()["available"]) == (200, 3)


async def test_reading_needs_its_scope(shelf: Any) -> None:
    assert await _code(await shelf.get("/v1/offers", "buyer", BUYER, "orders:read")) == (403, "scope_missing")
    assert await _code(await shelf.client.get("/v1/offers")) == (401, "not_signed_in")
    mine = await shelf.get("/v1/seller/offers", "buyer", BUYER, "catalog:read")
    assert await _code(mine) == (403, "scope_missing")


async def test_a_seller_reads_its_own_figures_and_nobody_elses(shelf: Any) -> None:
    order = an_order(OrderedLine(1, shelf.ids["P1"], 2))
    await shelf.catalog.executor.run(partial(reserve_stock, ReserveStock(order)))
    mine = await shelf.get("/v1/seller/offers", "seller", shelf.seller.id, "stock:read", sku="p1")
    (offer,) = mine.json()["items"]
    assert {name: offer[name] for name in ("quantity", "held", "sold", "available", "shortage", "state", "version")} == {
        "quantity": 5, "held": 2, "sold": 0, "available": 3, "shortage": 0, "state": "live", "version": 1,
    }  # fmt: skip
    theirs = await shelf.get("/v1/seller/offers", "seller", new_id(), "stock:read")
    assert theirs.json()["items"] == []


async def test_a_seller_asks_for_what_changed_and_pages_through_it(shelf: Any) -> None:
    changed_at = shelf.catalog.clock.advance(hours=1)
    await shelf.push(shelf.seller, [{"sku": "M1", "quantity": 1}])
    order = an_order(OrderedLine(1, shelf.ids["P2"], 1))
    await shelf.catalog.executor.run(partial(reserve_stock, ReserveStock(order)))
    since = {"updated_since": changed_at.isoformat()}
    changed = await shelf.get("/v1/seller/offers", "seller", shelf.seller.id, "stock:read", **since)
    assert {item["sku"] for item in changed.json()["items"]} == {"M1", "P2"}
    seen, cursor = [], None
    for _ in range(3):
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await shelf.get("/v1/seller/offers", "seller", shelf.seller.id, "stock:read", **params)).json()
        seen += [item["sku"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert sorted(seen) == sorted(line["sku"] for line in SHELF)


async def test_a_grade_is_found_and_shown_in_the_words_of_the_buyers_market(door: Any) -> None:
    both = await door.catalog.admit(markets=("fr-pro", "be-shop"))
    lines = [a_line("OWN", grade="excellent"), a_line("OTHER", grade="a"), a_line("LESS", grade="fair")]
    results(await door.push(both, lines))

    async def found(market: str, **asked: Any) -> tuple[dict[str, str], list[dict[str, Any]]]:
        answer = await door.get("/v1/offers", "buyer", BUYER, "catalog:read", own_market=market, facets=True, **asked)
        body = answer.json()
        return {item["sku"]: item["grade"] for item in body["items"]}, body["facets"]["grade"]

    # What Belgium calls A France calls Excellent, whichever of the two its seller wrote.
    assert await found("fr-pro", grade="excellent") == (
        {"OWN": "excellent", "OTHER": "excellent"},
        [{"value": "excellent", "count": 2}, {"value": "fair", "count": 1}],
    )
    assert (await found("be-shop", grade="a"))[0] == {"OWN": "a", "OTHER": "a"}
    assert (await found("be-shop", grade="excellent"))[0] == {"OWN": "a", "OTHER": "a"}
    assert (await found("be-shop"))[1] == [{"value": "a", "count": 2}, {"value": "visible_signs", "count": 1}]
    assert await found("fr-pro", grade="shiny") == (
        {},
        [{"value": "excellent", "count": 2}, {"value": "fair", "count": 1}],
    )


async def test_in_the_box_is_what_the_seller_lists_or_what_the_market_asks_for(door: Any) -> None:
    seller = await door.catalog.admit(markets=("fr-pro", "be-shop"))
    lines = [a_line("SILENT", grade="fair"), a_line("LISTED", grade="fair", accessories=["cable", "charger"])]
    offers = {line["sku"]: line["offer_id"] for line in results(await door.push(seller, lines))}

    async def box(sku: str) -> list[str]:
        shown = (await door.get(f"/v1/offers/{offers[sku]}", "buyer", BUYER, "catalog:read")).json()["accessories"]
        return list(shown)

    assert await box("SILENT") == ["cable"]
    assert await box("LISTED") == ["cable", "charger"]


@pytest.mark.parametrize(
    ("path", "kind", "scope", "asked"),
    [
        ("/v1/offers", "buyer", "catalog:read", {"q": "iphone\x00zzzz"}),
        ("/v1/seller/offers", "seller", "stock:read", {"sku": "A\x00"}),
        ("/v1/seller/units", "seller", "stock:read", {"sku": "A\x00"}),
        ("/v1/seller/units", "seller", "stock:read", {"number": "\x00"}),
        ("/v1/operator/products", "operator", "operator:sellers", {"q": "\x00"}),
    ],
)
async def test_who_searches_for_what_no_database_can_hold_gets_an_answer(
    door: Any, path: str, kind: str, scope: str, asked: dict[str, str]
) -> None:
    seller = await door.catalog.admit()
    await door.push(seller, [a_line("A-1")])
    answer = await door.get(path, kind, seller.id, scope, own_market="fr-pro" if kind == "buyer" else None, **asked)
    assert answer.status_code == 200
    # Words are searched for without it; no SKU and no number has it.
    assert "q" in asked or answer.json()["items"] == []
