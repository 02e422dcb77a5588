"""Saved carts at their door: what a company's people see of them, at which prices, and how they become orders."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from chassis.db.personal_data import EraseSubject, erase_personal_data
from chassis.db.timers import DueTimer
from chassis.kernel.ids import Id, new_id
from orders.clients.cart_looks import look_at_cart
from orders.domain.cart import CARTS_MAX, LineLook, Look
from orders.domain.errors import EstimateNotGiven
from orders.use_cases.record_party import RecordParty, record_party
from orders.use_cases.save_cart import LOOK_AT_CART
from services.orders.tests.builders import NOW, SELLER, a_cart, a_line_look, a_party
from services.orders.tests.conftest import OrdersInProcess
from services.orders.tests.test_api.test_orders import ADDRESS, as_buyer, held_data

pytestmark = pytest.mark.storage

FIRST, SECOND = (a_line_look(n).offer_id for n in (1, 2))


@pytest.fixture
async def client(service: OrdersInProcess) -> AsyncIterator[httpx.AsyncClient]:
    await service.know_parties()
    async with service.client() as client:
        yield client


async def a_buyer(service: OrdersInProcess) -> Id:
    company = new_id()
    await service.run(record_party, RecordParty(a_party(company, vat=None)))
    return company


def a_form(**changes: Any) -> dict[str, Any]:
    lines = [
        {"offer_id": str(FIRST), "quantity": 2, "options": ["case"], "note": "Blue ones"},
        {"offer_id": str(SECOND), "quantity": 1},
    ]
    return {"name": "Phones", "note": "By the back door", "lines": lines, **changes}


async def saved(service: OrdersInProcess, client: httpx.AsyncClient, company: Id, **changes: Any) -> dict[str, Any]:
    answer = await client.post("/v1/carts", json=a_form(**changes), headers=as_buyer(service, company=company))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    assert (answer.headers["Location"], answer.headers["ETag"]) == (f"/v1/carts/{body['id']}", '"v1"')
    return body


async def look(service: OrdersInProcess, cart: dict[str, Any]) -> None:
    """The errand that is set when a cart is saved."""
    async with service.engine.connect() as connection:
        statement = text("select count(*) from timers where kind = :kind and key = :key")
        asked = await connection.execute(statement, {"kind": LOOK_AT_CART, "key": cart["id"]})
    assert asked.scalar_one() == 1
    timer = DueTimer(new_id(), LOOK_AT_CART, Id(cart["id"]), NOW, {})
    await look_at_cart(service.executor, service.looks)(timer)


def told(*lines: LineLook, fee: int = 900) -> Look:
    return Look(lines, {SELLER: fee})


def euros(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


async def place(
    service: OrdersInProcess, client: httpx.AsyncClient, company: Id, cart: dict[str, Any], **changes: Any
) -> httpx.Response:
    body = {"cart": {"id": cart["id"], "version": cart["version"], **changes}, "deliver_to": ADDRESS}
    headers = {**as_buyer(service, company=company), "Prefer": "wait=0"}
    return await client.post("/v1/orders", json=body, headers=headers)


async def test_a_cart_is_read_at_todays_prices_with_what_changed_since_it_was_saved(
    service: OrdersInProcess, client: httpx.AsyncClient
) -> None:
    company = await a_buyer(service)
    cart = await saved(service, client, company)
    service.looks.look = told(a_line_look(1, 10_000), a_line_look(2, 20_000))
    await look(service, cart)
    service.looks.look = told(a_line_look(1, 10_500), a_line_look(2, 20_000, "not_enough_stock", 0))
    answer = await client.get(f"/v1/carts/{cart['id']}", headers=as_buyer(service, company=company))
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"v1"')
    read = answer.json()
    first, second = read["lines"]
    assert (first["as_saved"]["unit_price"], first["today"]["unit_price"]) == (euros(10_000), euros(10_500))
    assert (first["changes"], second["changes"]) == (["price_rose"], ["too_few"])
    assert (second["today"]["reason"], second["today"]["available"]) == ("not_enough_stock", 0)
    assert (first["quantity"], first["options"], first["note"]) == (2, ["case"], "Blue ones")
    assert (first["total"], second["total"]) == (euros(21_000), euros(20_000))
    # What cannot be had costs nothing.
    assert read["today"] == {
        "at": "2026-11-23T09:00:00Z",
        "price_basis": "net",
        "goods": euros(21_000),
        "shipping": euros(900),
        "can_be_ordered": False,
    }


async def test_a_cart_can_be_read_while_catalog_does_not_answer_and_is_looked_at_later(
    service: OrdersInProcess, client: httpx.AsyncClient
) -> None:
    company = await a_buyer(service)
    cart = await saved(service, client, company)
    with pytest.raises(EstimateNotGiven):
        await look(service, cart)
    read = (await client.get(f"/v1/carts/{cart['id']}", headers=as_buyer(service, company=company))).json()
    assert read["today"] is None
    assert [(line["as_saved"], line["today"], line["total"], line["changes"]) for line in read["lines"]] == [
        (None, None, None, [])
    ] * 2
    assert (read["name"], read["note"], read["units"]) == ("Phones", "By the back door", 3)


async def test_a_cart_belongs_to_its_company_and_each_of_its_people(
    service: OrdersInProcess, client: httpx.AsyncClient
) -> None:
    company = await a_buyer(service)
    cart = await saved(service, client, company)
    path = f"/v1/carts/{cart['id']}"
    viewer = as_buyer(service, "orders:read", company=company)
    assert (await client.get(path, headers=viewer)).status_code == 200
    assert [one["id"] for one in (await client.get("/v1/carts", headers=viewer)).json()["items"]] == [cart["id"]]
    for method, body in (("PUT", a_form()), ("DELETE", None)):
        headers = {**as_buyer(service, "orders:read", company=company), "If-Match": '"v1"'}
        assert (await client.request(method, path, json=body, headers=headers)).status_code == 403
    # To another company it is not there, whatever it does.
    stranger = await a_buyer(service)
    for method, body in (("GET", None), ("PUT", a_form()), ("DELETE", None)):
        headers = {**as_buyer(service, company=stranger), "If-Match": '"v1"'}
        refused = await client.request(method, path, json=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (404, "cart_not_found")
    assert (await place(service, client, stranger, cart)).status_code == 404
    assert (await client.get("/v1/carts", headers=as_buyer(service, company=stranger))).json()["items"] == []
    seller = service.tokens.headers("seller", new_id(), "orders:read", "orders:write")
    assert (await client.post("/v1/carts", json=a_form(), headers=seller)).status_code == 403
    auditor = service.tokens.headers("auditor", new_id(), "audit:read", market=None)
    assert (await client.get(path, headers=auditor)).status_code == 200


async def test_who_has_read_an_older_version_saves_nothing(service: OrdersInProcess, client: httpx.AsyncClient) -> None:
    company = await a_buyer(service)
    cart = await saved(service, client, company)
    path = f"/v1/carts/{cart['id']}"
    service.looks.look = told(a_line_look(1, 10_000), a_line_look(2, 20_000))
    await look(service, cart)
    fewer = a_form(lines=[{"offer_id": str(SECOND), "quantity": 7}], note=None)
    headers = as_buyer(service, company=company)
    assert (await client.put(path, json=fewer, headers=headers)).json()["code"] == "if_match_required"
    first = await client.put(path, json=fewer, headers={**as_buyer(service, company=company), "If-Match": '"v1"'})
    assert (first.status_code, first.headers["ETag"], first.json()["version"]) == (200, '"v2"', 2)
    assert (first.json()["note"], first.json()["lines"][0]["quantity"]) == (None, 7)
    late = await client.put(path, json=a_form(), headers={**as_buyer(service, company=company), "If-Match": '"v1"'})
    assert (late.status_code, late.json()["code"], late.json()["version"]) == (412, "stale_version", 2)
    # What the older contents were is forgotten with them.
    read = (await client.get(path, headers=headers)).json()
    assert (read["lines"][0]["as_saved"], read["lines"][0]["today"]["title"]) == (None, "iPhone 13 128 GB")


async def test_a_company_lists_its_carts_page_by_page(service: OrdersInProcess, client: httpx.AsyncClient) -> None:
    company = await a_buyer(service)
    ids = [(await saved(service, client, company, name=f"Cart {n}"))["id"] for n in range(3)]
    found: list[str] = []
    path: str | None = "/v1/carts?limit=2"
    while path:
        page = await client.get(path, headers=as_buyer(service, company=company))
        found += [one["id"] for one in page.json()["items"]]
        path = page.links["next"]["url"] if "next" in page.links else None
    assert sorted(found) == sorted(ids)
    taken = await client.post("/v1/carts", json=a_form(name="Cart 1"), headers=as_buyer(service, company=company))
    assert (taken.status_code, taken.json()["code"], taken.json()["cart_id"]) == (409, "cart_name_taken", ids[1])


async def test_a_cart_that_is_removed_is_gone_and_its_key_says_so_again(
    service: OrdersInProcess, client: httpx.AsyncClient
) -> None:
    company = await a_buyer(service)
    path = f"/v1/carts/{(await saved(service, client, company))['id']}"
    headers = as_buyer(service, company=company, key="remove it")
    first, again = [await client.delete(path, headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code, again.headers["Idempotent-Replayed"]) == (204, 204, "true")
    gone = await client.delete(path, headers=as_buyer(service, company=company))
    assert (gone.status_code, gone.json()["code"]) == (404, "cart_not_found")
    assert (await client.get(path, headers=headers)).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"name": "two\nlines"},
        {"note": "x" * 501},
        {"lines": []},
        {"lines": [{"offer_id": str(FIRST), "quantity": 0}]},
        {"lines": [{"offer_id": str(FIRST), "quantity": 1}] * 2},
        {"lines": [{"offer_id": str(FIRST), "quantity": 1, "options": ["case", "case"]}]},
        {"lines": [{"offer_id": str(new_id()), "quantity": 1} for _ in range(201)]},
        {"colour": "blue"},
    ],
)
async def test_a_form_that_no_order_could_be_is_refused(
    service: OrdersInProcess, client: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    answer = await client.post("/v1/carts", json=a_form(**wrong), headers=as_buyer(service))
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_an_order_of_a_cart_takes_the_cart_along_when_its_stock_is_held(
    service: OrdersInProcess, client: httpx.AsyncClient
) -> None:
    company = await a_buyer(service)
    cart = await saved(service, client, company, lines=[{"offer_id": str(FIRST), "quantity": 2, "note": "Blue ones"}])
    price = {"offer_id": str(FIRST), "unit_price": euros(9_900)}
    placed = await place(service, client, company, cart, expected_prices=[price])
    assert placed.status_code == 202, placed.text
    order = placed.json()
    (line,) = order["lines"]
    assert (line["offer_id"], line["quantity"], line["unit_price"]) == (str(FIRST), 2, euros(9_900))
    assert (order["note"], line["note"]) == ("By the back door", "Blue ones")
    path, headers = f"/v1/carts/{cart['id']}", as_buyer(service, company=company)
    waiting = (await client.get(path, headers=headers)).json()
    assert (waiting["version"], waiting["order_id"]) == (2, order["id"])
    await service.hear("catalog.reservation", "held", held_data(order["id"], str(FIRST)))
    assert (await client.get(path, headers=headers)).status_code == 404
    # Told once more by Kafka it changes nothing, and the name is free.
    await service.hear("catalog.reservation", "held", held_data(order["id"], str(FIRST)))
    await saved(service, client, company)


async def test_twenty_tabs_with_one_cart_make_one_order(service: OrdersInProcess, client: httpx.AsyncClient) -> None:
    company = await a_buyer(service)
    cart = await saved(service, client, company)
    answers = await asyncio.gather(*(place(service, client, company, cart, keep=n % 2 == 0) for n in range(20)))
    made = [one for one in answers if one.status_code == 202]
    assert len(made) == 1
    refused = [one.json() for one in answers if one.status_code != 202]
    assert {(one["status"], one["code"], one["version"]) for one in refused} == {(409, "cart_changed", 2)}
    # Each of the others is told which order it was.
    assert {one["last_order_id"] for one in refused} == {made[0].json()["id"]}


async def test_a_cart_that_stays_is_ordered_again_next_month(
    service: OrdersInProcess, client: httpx.AsyncClient
) -> None:
    company = await a_buyer(service)
    cart = await saved(service, client, company, lines=[{"offer_id": str(FIRST), "quantity": 2}])
    for version in (1, 2):
        placed = await place(service, client, company, {**cart, "version": version}, keep=True)
        assert placed.status_code == 202, placed.text
        await service.hear("catalog.reservation", "held", held_data(placed.json()["id"], str(FIRST)))
    read = (await client.get(f"/v1/carts/{cart['id']}", headers=as_buyer(service, company=company))).json()
    assert (read["version"], read["order_id"]) == (3, placed.json()["id"])


@pytest.mark.parametrize(
    "beside",
    [
        {"lines": [{"offer_id": str(FIRST), "quantity": 1}]},
        {"award_id": str(new_id())},
        {"price_country": "FR"},
        {"currency": "EUR"},
    ],
)
async def test_an_order_is_made_of_one_thing(
    service: OrdersInProcess, client: httpx.AsyncClient, beside: dict[str, Any]
) -> None:
    body = {"cart": {"id": str(new_id()), "version": 1}, "deliver_to": ADDRESS, **beside}
    answer = await client.post("/v1/orders", json=body, headers=as_buyer(service))
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_saving_side_by_side_keeps_the_limit_and_the_names(
    service: OrdersInProcess, client: httpx.AsyncClient
) -> None:
    company = await a_buyer(service)
    contents = a_cart().contents
    there = [
        a_cart(id=new_id(), buyer_id=company, contents=replace(contents, name=f"Cart {n}"))
        for n in range(CARTS_MAX - 3)
    ]
    await service.executor.run(lambda uow, now: uow.carts.add(*there))

    async def save(name: str) -> int:
        headers = as_buyer(service, company=company)
        return (await client.post("/v1/carts", json=a_form(name=name), headers=headers)).status_code

    same = await asyncio.gather(*(save("The same") for _ in range(8)))
    assert sorted(same) == [201] + [409] * 7
    others = await asyncio.gather(*(save(f"Another {n}") for n in range(8)))
    assert sorted(others) == [201] * 2 + [409] * 6
    async with service.engine.connect() as connection:
        kept = await connection.execute(text("select count(*) from carts where buyer_id = :id"), {"id": company})
    assert kept.scalar_one() == CARTS_MAX


async def test_a_cart_is_on_no_topic_and_goes_with_its_company(
    service: OrdersInProcess, client: httpx.AsyncClient
) -> None:
    company = await a_buyer(service)
    cart = await saved(service, client, company)
    assert (await place(service, client, company, cart)).status_code == 202
    async with service.engine.connect() as connection:
        facts = (await connection.execute(text("select data::text from outbox"))).scalars().all()
    assert facts
    assert not [fact for fact in facts if "back door" in fact or "Blue ones" in fact or cart["id"] in fact]
    data = {"erasure_id": str(new_id()), "company_id": str(company), "user_id": None}
    subject = EraseSubject.of(data)

    await service.executor.run(partial(erase_personal_data, subject))
    async with service.engine.connect() as connection:
        left = await connection.execute(text("select count(*) from carts where buyer_id = :id"), {"id": company})
    assert left.scalar_one() == 0
