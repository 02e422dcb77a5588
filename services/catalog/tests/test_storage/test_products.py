"""Products on a real database: recognised by any evidence, corrected and merged under the feet of busy feeds."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from catalog.domain.errors import ProductKnownAlready, ProductMoveRefused, ProductNotFound
from catalog.domain.offer import OfferPatch
from catalog.domain.product import Product, ProductSpec, ProductState
from catalog.domain.seller import Seller
from catalog.use_cases.confirm_product import ConfirmProduct, confirm_product
from catalog.use_cases.correct_product import CorrectProduct, correct_product
from catalog.use_cases.merge_products import Merged, MergeProducts, merge_products
from catalog.use_cases.push_offers import push_offers
from chassis.kernel.errors import Overtaken
from chassis.kernel.ids import Id, new_id

from ..builders import IPHONE, LAPTOP, a_patch, a_push

pytestmark = pytest.mark.storage

GTIN, OTHER_GTIN = "4006381333931", "036000291452"


class Desk:
    """A catalogue with a seller, and an operator's acts."""

    def __init__(self, catalog: Any, seller: Seller) -> None:
        self.catalog = catalog
        self.seller = seller

    async def push(self, sku: str, product: ProductSpec, **changes: Any) -> Any:
        patch = a_patch(sku, product=product, **changes)
        (line,) = await self.catalog.executor.run(partial(push_offers, a_push(self.seller.id, patch)))
        return line

    async def product_of(self, sku: str) -> Id:
        rows = await self.catalog.rows("select product_id from offers where sku = :sku", sku=sku)
        id: Id = rows[0].product_id
        return id

    async def confirm(self, id: Id) -> Product:
        return await self.catalog.executor.run(partial(confirm_product, ConfirmProduct(id)))  # type: ignore[no-any-return]

    async def correct(self, id: Id, seen: int, **facts: Any) -> Product:
        command = CorrectProduct(id, seen, facts)
        return await self.catalog.executor.run(partial(correct_product, command))  # type: ignore[no-any-return]

    async def merge(self, id: Id, into: Id) -> Merged:
        return await self.catalog.executor.run(partial(merge_products, MergeProducts(id, into)))  # type: ignore[no-any-return]

    async def told(self, id: Id) -> list[tuple[str, int]]:
        events = await self.catalog.events("catalog.product", id)
        return [(event.type.split(".")[2], event.seq) for event in events]


@pytest.fixture
async def desk(catalog: Any) -> Desk:
    return Desk(catalog, await catalog.admit())


async def test_a_described_product_is_told_of_once_however_many_offers_it_gets(desk: Desk) -> None:
    await desk.push("A", IPHONE)
    rival = Desk(desk.catalog, await desk.catalog.admit())
    await rival.push("B", replace(IPHONE, brand="APPLE"))
    await desk.push("C", replace(IPHONE, storage="256GB"))
    assert await desk.product_of("A") == await desk.product_of("B")
    assert await desk.told(await desk.product_of("A")) == [("described", 1)]
    assert len(await desk.catalog.events("catalog.product")) == 2


async def test_a_gtin_with_zeros_before_it_and_a_part_number_find_their_product(desk: Desk) -> None:
    await desk.push("A", replace(LAPTOP, gtin=OTHER_GTIN, mpn="20T0-S3A"))
    await desk.push("B", replace(LAPTOP, model="T14 Gen 1", gtin="00" + OTHER_GTIN))
    await desk.push("C", replace(LAPTOP, model="T14 (2020)", mpn="20t0s3a"))
    assert await desk.product_of("B") == await desk.product_of("A") == await desk.product_of("C")


async def test_a_push_that_names_two_products_is_noted_once_and_merges_nothing(desk: Desk) -> None:
    await desk.push("A", replace(LAPTOP, gtin=GTIN))
    await desk.push("B", replace(LAPTOP, model="T14s"))
    for sku in ("C", "D"):
        line = await desk.push(sku, replace(LAPTOP, model="T14s", gtin=GTIN))
        assert line.status.value == "created"
        assert await desk.product_of(sku) == await desk.product_of("A")
    rows = await desk.catalog.rows("select product_id, other_id, kind, sku from product_conflicts")
    assert [tuple(row) for row in rows] == [(await desk.product_of("A"), await desk.product_of("B"), "key", "C")]
    assert await desk.product_of("A") != await desk.product_of("B")
    await desk.confirm(await desk.product_of("A"))
    assert (await desk.catalog.rows("select count(*) from product_conflicts where settled_at is null"))[0][0] == 0


async def test_a_correction_reaches_all_offers_and_the_feed_of_before_still_means_the_product(desk: Desk) -> None:
    await desk.push("A", IPHONE)
    rival = Desk(desk.catalog, await desk.catalog.admit())
    await rival.push("B", IPHONE)
    id = await desk.product_of("A")
    corrected = await desk.correct(id, 1, brand="Apple Inc.", storage="128 GB", color="Midnight", gtin=GTIN)
    assert (corrected.state, corrected.version) == (ProductState.CONFIRMED, 2)
    rows = await desk.catalog.rows("select brand, storage, product_facts from offers")
    assert {tuple(row) for row in rows} == {("Apple Inc.", "128 GB", 2)}
    assert (await desk.push("A", IPHONE)).status.value == "unchanged"
    assert (await desk.push("C", IPHONE)).status.value == "created"
    assert (await desk.push("D", replace(LAPTOP, gtin=GTIN, category=IPHONE.category))).status.value == "created"
    assert {await desk.product_of(sku) for sku in "ABCD"} == {id}
    assert await desk.told(id) == [("described", 1), ("corrected", 2)]
    stocked = await desk.catalog.queries.seller_offers(desk.seller.id, "A", None, 10, None)
    assert stocked[0][0].offer.product.spec.color == "Midnight"


async def test_a_correction_is_made_of_what_was_seen_and_never_takes_anothers_name(desk: Desk) -> None:
    await desk.push("A", IPHONE)
    await desk.push("B", replace(IPHONE, color="Red"))
    id = await desk.product_of("A")
    with pytest.raises(Overtaken):
        await desk.correct(id, 9, color="Green")
    with pytest.raises(ProductKnownAlready):
        await desk.correct(id, 1, color="red")
    with pytest.raises(ProductNotFound):
        await desk.correct(new_id(), 1, color="Green")
    assert await desk.told(id) == [("described", 1)]


async def test_a_double_gives_its_offers_and_all_its_names_to_the_survivor(desk: Desk) -> None:
    await desk.push("A", IPHONE)
    await desk.push("B", replace(IPHONE, model="iPhone Thirteen", gtin=GTIN))
    await desk.push("C", replace(IPHONE, model="iPhone XIII"))
    survivor, double, third = [await desk.product_of(sku) for sku in "ABC"]
    merged = await desk.merge(double, survivor)
    assert (merged.offers, merged.product.merged_into) == (1, survivor)
    assert {await desk.product_of(sku) for sku in "AB"} == {survivor}
    # The survivor is a double itself: whoever was merged into it follows.
    await desk.merge(survivor, third)
    assert (await desk.push("B", replace(IPHONE, model="iPhone Thirteen", gtin=GTIN))).status.value == "unchanged"
    assert (await desk.push("D", replace(IPHONE, model="iPhone Thirteen"))).status.value == "created"
    assert (await desk.push("E", replace(LAPTOP, category=IPHONE.category, gtin=GTIN))).status.value == "created"
    assert {await desk.product_of(sku) for sku in "ABCDE"} == {third}
    assert await desk.told(double) == [("described", 1), ("merged", 2)]
    assert await desk.told(survivor) == [("described", 1), ("merged", 2)]
    with pytest.raises(ProductMoveRefused):
        await desk.merge(third, double)
    with pytest.raises(ProductMoveRefused):
        await desk.confirm(double)
    # The survivor may take the number that its double had.
    await desk.correct(third, 1, gtin=GTIN)


async def test_buyers_find_merged_offers_under_the_survivors_facts(desk: Desk) -> None:
    await desk.push("A", IPHONE)
    await desk.push("B", replace(IPHONE, brand="Aple", model="iPhone 13 128", storage=None))
    await desk.merge(await desk.product_of("B"), await desk.product_of("A"))
    rows = await desk.catalog.rows("select brand, storage, version from offers where sku = 'B'")
    assert [tuple(row) for row in rows] == [("Apple", "128GB", 2)]


async def test_a_merge_and_the_pushes_beside_it_leave_no_offer_behind(desk: Desk) -> None:
    await desk.push("A", IPHONE)
    double_spec = replace(IPHONE, model="iPhone Thirteen")
    await desk.push("B", double_spec)
    survivor, double = await desk.product_of("A"), await desk.product_of("B")
    rivals = [Desk(desk.catalog, await desk.catalog.admit()) for _ in range(6)]
    pushes = [rival.push(f"R{n}", double_spec) for n, rival in enumerate(rivals)]
    changes = [
        desk.catalog.executor.run(
            partial(push_offers, a_push(desk.seller.id, OfferPatch(sku="B", quantity=n, product=double_spec)))
        )
        for n in range(3)
    ]
    await asyncio.gather(*pushes[:3], desk.merge(double, survivor), *pushes[3:], *changes)
    rows = await desk.catalog.rows("select distinct product_id from offers")
    assert [row.product_id for row in rows] == [survivor]


async def test_products_of_before_tell_their_first_fact_when_somebody_looks_at_them(desk: Desk) -> None:
    await desk.push("A", IPHONE)
    id = await desk.product_of("A")
    async with desk.catalog.engine.begin() as connection:
        await connection.exec_driver_sql("update products set version = 0")
        await connection.exec_driver_sql("delete from outbox where topic = 'catalog.product'")
    await desk.confirm(id)
    assert await desk.told(id) == [("confirmed", 1)]
