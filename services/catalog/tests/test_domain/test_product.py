"""Products: when two descriptions mean the same device."""

from dataclasses import replace
from typing import Any

import pytest

from catalog.domain.product import Product, gtin_is_valid
from catalog.domain.push import KnownProducts
from chassis.kernel.ids import new_id

from ..builders import IPHONE


@pytest.mark.parametrize(
    "changes",
    [{"brand": "APPLE"}, {"model": "iphone  13"}, {"model": "iPhone-13"}, {"storage": "128 GB"}, {"launch_year": 2021}],
)
def test_spelling_does_not_make_another_product(changes: dict[str, Any]) -> None:
    assert replace(IPHONE, **changes).key == IPHONE.key


@pytest.mark.parametrize(
    "changes", [{"model": "iPhone 13+"}, {"storage": "256GB"}, {"ram": "6GB"}, {"color": "Red"}, {"color": None}]
)
def test_what_buyers_would_miss_makes_another_product(changes: dict[str, Any]) -> None:
    assert replace(IPHONE, **changes).key != IPHONE.key


def test_a_gtin_is_recognised_under_another_name() -> None:
    known = Product(new_id(), replace(IPHONE, gtin="4006381333931"))
    other = replace(IPHONE, model="iPhone 13 (A2633)", gtin="4006381333931")
    assert KnownProducts.of([known]).find(other) == known
    assert known.is_described_by(other)


def test_an_unknown_description_becomes_one_product_however_often_it_comes() -> None:
    known = KnownProducts()
    assert known.find_or_describe(IPHONE) is known.find_or_describe(replace(IPHONE, brand="apple"))


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
