"""Moderation over HTTP: what waits, what an operator may do, and who may not."""

from typing import Any

import pytest

from chassis.kernel.ids import new_id

from ..builders import a_line
from ..conftest import results

pytestmark = pytest.mark.storage

PATH = "/v1/operator/products"
GTIN = "4006381333931"


class Moderation:
    """A seller that describes, and an operator that looks."""

    def __init__(self, door: Any, seller: Any) -> None:
        self.door = door
        self.seller = seller
        self.operator = new_id()

    async def describe(self, sku: str, **product: Any) -> str:
        line = a_line(sku)
        line["product"] |= product
        (pushed,) = results(await self.door.push(self.seller, [line]))
        assert pushed["status"] == "created", pushed
        found = await self.door.get("/v1/seller/offers", "seller", self.seller.id, "stock:read", sku=sku)
        id: str = found.json()["items"][0]["product_id"]
        return id

    async def read(self, path: str = "", **params: Any) -> Any:
        return await self.door.get(
            PATH + path, "operator", self.operator, "operator:sellers", own_market=None, **params
        )

    async def write(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        own = self.door.tokens.headers("operator", self.operator, "operator:sellers", market=None)
        return await self.door.client.request(method, PATH + path, json=body, headers={**own, **headers})


@pytest.fixture
async def desk(door: Any) -> Moderation:
    return Moderation(door, await door.catalog.admit())


async def test_new_products_wait_until_they_are_confirmed_and_the_seller_sees_it(desk: Moderation) -> None:
    id = await desk.describe("A")
    (waiting,) = (await desk.read()).json()["items"]
    assert (waiting["id"], waiting["state"], waiting["offers"], waiting["sellers"]) == (id, "unreviewed", 1, 1)
    confirmed = await desk.write("POST", f"/{id}/confirmation")
    assert (confirmed.status_code, confirmed.json()["state"], confirmed.json()["version"]) == (201, "confirmed", 2)
    assert (await desk.read()).json()["items"] == []
    found = await desk.door.get("/v1/seller/offers", "seller", desk.seller.id, "stock:read")
    assert found.json()["items"][0]["product_state"] == "confirmed"
    again = await desk.write("POST", f"/{id}/confirmation")
    assert (again.status_code, again.json()["code"]) == (409, "product_move_refused")


async def test_likely_doubles_are_those_that_are_alike_and_those_with_an_equal_number(desk: Moderation) -> None:
    id = await desk.describe("A", gtin=GTIN)
    alike = await desk.describe("B", model="iPhone 13 5G")
    numbered = await desk.describe("C", brand="Motorola", model="Edge", storage=None, color=None)
    await desk.describe("D", brand="Samsung", model="Galaxy S21", storage="256GB", color="Grey")
    answer = await desk.read(f"/{id}")
    assert answer.headers["etag"] == '"v1"'
    assert [(one["id"], one["same"]) for one in answer.json()["likely_doubles"]] == [(alike, [])]
    assert answer.json()["likely_doubles"][0]["alike"] >= 60
    # As rows of before may have it: pushes and corrections recognise the number.
    async with desk.door.catalog.engine.begin() as connection:
        await connection.exec_driver_sql(f"update products set gtin = '0{GTIN}' where id = '{numbered}'")
    assert [(one["id"], one["same"]) for one in (await desk.read(f"/{id}")).json()["likely_doubles"]] == [
        (numbered, ["gtin"]),
        (alike, []),
    ]


async def test_a_conflict_brings_a_confirmed_product_back_to_the_desk(desk: Moderation) -> None:
    id = await desk.describe("A", gtin=GTIN)
    other = await desk.describe("B", model="iPhone 12")
    await desk.write("POST", f"/{id}/confirmation")
    await desk.write("POST", f"/{other}/confirmation")
    assert await desk.describe("C", model="iPhone 12", gtin=GTIN) == id
    (waiting,) = (await desk.read()).json()["items"]
    assert (waiting["id"], waiting["state"], waiting["open_conflicts"]) == (id, "confirmed", 1)
    (conflict,) = (await desk.read(f"/{id}")).json()["conflicts"]
    assert (conflict["other_id"], conflict["evidence"], conflict["sku"]) == (other, "key", "C")
    merged = await desk.write("POST", f"/{other}/merge", {"into": id, "reason": "The same device."})
    assert (merged.status_code, merged.json()["merged_into"], merged.json()["offers_moved"]) == (201, id, 1)
    assert (await desk.read()).json()["items"] == []
    (gone,) = (await desk.read(state="merged")).json()["items"]
    assert (gone["id"], gone["merged_into"], gone["offers"]) == (other, id, 0)


async def test_a_correction_is_held_to_what_a_seller_is_held_to(desk: Moderation) -> None:
    id = await desk.describe("A")
    for body, status, code in (
        ({"gtin": "4006381333932"}, 422, "product_facts_invalid"),
        ({"attributes": {"sim": "huge"}}, 422, "product_facts_invalid"),
        ({"brand": None}, 422, "product_facts_invalid"),
        ({"colour": "Red"}, 422, "validation_failed"),
    ):
        answer = await desk.write("PATCH", f"/{id}", body, **{"If-Match": '"v1"'})
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
    stale = await desk.write("PATCH", f"/{id}", {"color": "Red"}, **{"If-Match": '"v7"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    unseen = await desk.write("PATCH", f"/{id}", {"color": "Red"})
    assert unseen.status_code == 428
    right = await desk.write(
        "PATCH", f"/{id}", {"color": None, "attributes": {"sim": "esim_only"}}, **{"If-Match": '"v1"'}
    )
    assert right.headers["etag"] == '"v2"'
    assert right.json()["title"] == "Apple iPhone 13 128GB 4GB RAM, esim only"


async def test_pages_and_words_find_what_is_looked_for(desk: Moderation) -> None:
    ids = [await desk.describe(f"S{n}", model=f"iPhone {n}") for n in range(5)]
    first = (await desk.read(limit=3)).json()
    rest = (await desk.read(limit=3, cursor=first["next_cursor"])).json()
    assert [one["id"] for one in (*first["items"], *rest["items"])] == sorted(ids)
    assert [one["id"] for one in (await desk.read(q="iphone 4")).json()["items"]] == [ids[4]]
    # A wildcard of the database is a letter like any other.
    assert (await desk.read(q="iPhone_4")).json()["items"] == []
    assert (await desk.read(category="laptop")).json()["items"] == []


async def test_only_operators_of_trust_moderate(desk: Moderation) -> None:
    id = await desk.describe("A")
    for kind, scope in (("seller", "stock:write"), ("buyer", "catalog:read"), ("operator", "operator:cases")):
        answer = await desk.door.get(PATH, kind, new_id(), scope)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    own = desk.door.tokens.headers("operator", new_id(), "operator:cases", market=None)
    answer = await desk.door.client.post(f"{PATH}/{id}/confirmation", headers=own)
    assert answer.status_code == 403
    missing = await desk.write("POST", f"/{new_id()}/confirmation")
    assert (missing.status_code, missing.json()["code"]) == (404, "product_not_found")
