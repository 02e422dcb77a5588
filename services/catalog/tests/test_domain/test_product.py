"""Products: when two descriptions mean the same device, and what operators make of one."""

from dataclasses import replace
from typing import Any

import pytest

from catalog.domain.errors import ProductMoveRefused, ProductsDiffer
from catalog.domain.product import (
    MOVES,
    Category,
    EvidenceKind,
    Product,
    ProductSpec,
    ProductState,
    Recognised,
    gtin_is_valid,
)
from catalog.domain.push import KnownProducts
from chassis.kernel.ids import new_id
from chassis.testing.walk import check_every_move

from ..builders import IPHONE, LAPTOP

GTIN = "4006381333931"


def recognised(*products: Product) -> KnownProducts:
    return KnownProducts.of(Recognised(one, product) for product in products for one in product.spec.evidence())


@pytest.mark.parametrize(
    "changes",
    [{"brand": "APPLE"}, {"model": "iphone  13"}, {"model": "iPhone-13"}, {"storage": "128 GB"}, {"launch_year": 2021}],
)
def test_spelling_does_not_make_another_product(changes: dict[str, Any]) -> None:
    assert replace(IPHONE, **changes).key == IPHONE.key


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "iPhone 13+"},
        {"storage": "256GB"},
        {"ram": "6GB"},
        {"color": "Red"},
        {"color": None},
        {"attributes": (("sim", "esim_only"),)},
    ],
)
def test_what_buyers_would_miss_makes_another_product(changes: dict[str, Any]) -> None:
    assert replace(IPHONE, **changes).key != IPHONE.key


def test_a_key_without_identifying_attributes_is_what_it_always_was() -> None:
    assert IPHONE.key == "apple|iphone13|128gb|4gb|blue"
    assert replace(IPHONE, attributes=(("network", "5g"),)).key == IPHONE.key


def test_a_gtin_is_recognised_under_another_name() -> None:
    known = Product(new_id(), replace(IPHONE, gtin=GTIN))
    other = replace(IPHONE, model="iPhone 13 (A2633)", gtin=GTIN)
    assert recognised(known).find(other) == known


def test_a_gtin_is_the_same_with_zeros_before_it() -> None:
    known = Product(new_id(), replace(IPHONE, gtin="036000291452"))
    assert recognised(known).find(replace(LAPTOP, gtin="0036000291452")) == known


def test_a_part_number_is_recognised_under_another_name_but_not_of_another_maker() -> None:
    known = Product(new_id(), replace(LAPTOP, mpn="20T0-S3A"))
    assert recognised(known).find(replace(LAPTOP, model="T14 Gen 1", mpn="20t0s3a")) == known
    assert recognised(known).find(replace(LAPTOP, brand="HP", model="T14 Gen 1", mpn="20t0s3a")) is None


def test_a_gtin_goes_before_a_part_number_and_that_before_the_key_and_each_dissent_is_noted() -> None:
    by_gtin, by_mpn, by_key = (
        Product(new_id(), replace(LAPTOP, model="A", gtin=GTIN)),
        Product(new_id(), replace(LAPTOP, model="B", mpn="20T0S3A")),
        Product(new_id(), LAPTOP),
    )
    known = recognised(by_gtin, by_mpn, by_key)
    assert known.find(replace(LAPTOP, gtin=GTIN, mpn="20T0S3A"), "L-1") == by_gtin
    noted = [(one.product_id, one.other_id, one.evidence.kind, one.sku) for one in known.conflicts.values()]
    assert noted == [
        (by_gtin.id, by_mpn.id, EvidenceKind.MPN, "L-1"),
        (by_gtin.id, by_key.id, EvidenceKind.KEY, "L-1"),
    ]
    assert known.find(replace(LAPTOP, mpn="20T0S3A")) == by_mpn


def test_a_sku_keeps_its_product_where_any_evidence_names_it_and_the_dissent_is_noted() -> None:
    bound, other = Product(new_id(), IPHONE), Product(new_id(), replace(LAPTOP, gtin=GTIN))
    known = recognised(bound, other)
    assert known.find(replace(IPHONE, gtin=GTIN), "A-1", bound) == bound
    assert list(known.conflicts) == [(bound.id, other.id)]


def test_agreeing_evidence_is_no_conflict() -> None:
    known = recognised(Product(new_id(), replace(IPHONE, gtin=GTIN)))
    known.find(replace(IPHONE, gtin=GTIN))
    assert known.conflicts == {}


def test_an_unknown_description_becomes_one_product_however_often_it_comes() -> None:
    known = KnownProducts()
    assert known.find_or_describe(IPHONE) is known.find_or_describe(replace(IPHONE, brand="apple"))
    with_gtin = known.find_or_describe(replace(LAPTOP, gtin=GTIN))
    assert known.find_or_describe(replace(LAPTOP, model="T14s", gtin=GTIN)) is with_gtin


@pytest.mark.parametrize(
    ("said", "again", "nothing_new"),
    [
        (IPHONE, replace(IPHONE, brand="apple"), True),
        (replace(IPHONE, gtin=GTIN), IPHONE, True),
        (IPHONE, replace(IPHONE, gtin=GTIN), False),
        (IPHONE, replace(IPHONE, mpn="MLPK3"), False),
        (replace(IPHONE, mpn="MLPK3"), replace(IPHONE, mpn="mlpk-3"), True),
        (IPHONE, replace(IPHONE, model="iPhone 14"), False),
    ],
)
def test_a_description_that_says_nothing_new_need_not_be_looked_up(
    said: ProductSpec, again: ProductSpec, nothing_new: bool
) -> None:
    assert again.says_nothing_new(said) is nothing_new


def test_every_move_of_a_product_and_no_other() -> None:
    survivor = Product(new_id(), replace(IPHONE, model="iPhone Thirteen"))
    tried = check_every_move(
        MOVES,
        ProductState,
        lambda state: Product(new_id(), IPHONE, state=state),
        {
            "confirm": lambda one: one.confirm()[0],
            "correct": lambda one: one.correct(LAPTOP)[0],
            "merge": lambda one: one.merge_into(survivor)[0],
        },
        lambda one: one.state,
    )
    assert tried == 9


def test_each_act_is_one_version_with_one_fact() -> None:
    product, other = Product(new_id(), IPHONE), Product(new_id(), replace(IPHONE, model="iPhone Thirteen"))
    confirmed, first = product.confirm()
    corrected, second = confirmed.correct(replace(IPHONE, color="Midnight"))
    merged, third = corrected.merge_into(other)
    assert [one.seq for one in (product.described(), first, second, third)] == [1, 2, 3, 4]
    assert (corrected.spec.color, corrected.facts, corrected.state) == ("Midnight", 2, ProductState.CONFIRMED)
    assert (merged.merged_into, merged.state, third.into) == (other.id, ProductState.MERGED, other.id)


def test_a_product_merges_with_another_of_its_category_that_is_still_there() -> None:
    product, other = Product(new_id(), IPHONE), Product(new_id(), replace(IPHONE, model="iPhone Thirteen"))
    with pytest.raises(ProductsDiffer, match="no double of itself"):
        product.merge_into(product)
    with pytest.raises(ProductsDiffer, match="category"):
        product.merge_into(Product(new_id(), replace(IPHONE, category=Category.TABLET)))
    gone, _ = other.merge_into(product)
    with pytest.raises(ProductMoveRefused):
        product.merge_into(gone)
    with pytest.raises(ProductMoveRefused):
        gone.confirm()


@pytest.mark.parametrize(
    ("gtin", "valid"),
    # The worked examples of GS1 and two with a digit changed or swapped.
    [
        ("4006381333931", True),
        ("96385074", True),
        ("036000291452", True),
        ("4006381333932", False),
        ("4006381339331", False),
    ],
)
def test_the_check_digit_of_a_gtin(gtin: str, valid: bool) -> None:
    assert gtin_is_valid(gtin) is valid
