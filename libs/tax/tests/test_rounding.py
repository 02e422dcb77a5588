"""One way to round, and one way to share: parts always add up."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tax import half_up, percent_of, split


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        (Fraction(1, 2), 1),
        (Fraction(-1, 2), -1),
        (Fraction(5, 2), 3),
        (Fraction(249, 100), 2),
        (Fraction(-249, 100), -2),
        (Fraction(7), 7),
    ],
)
def test_halves_are_rounded_away_from_zero(amount: Fraction, rounded: int) -> None:
    assert half_up(amount) == rounded


def test_commission_is_rounded_once() -> None:
    # 10 % of 1,290.50 is 129.05; 20 % of that is 25.81 (domain rule book, worked example E1).
    assert percent_of(129050, "10.00") == 12905
    assert percent_of(12905, "20.00") == 2581


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**7), min_size=1, max_size=40))
def test_parts_add_up_and_none_is_off_by_a_cent(total: int, weights: list[int]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    whole = sum(weights) or len(weights)
    shares = [Fraction(total * (weight if sum(weights) else 1), whole) for weight in weights]
    assert all(abs(part - share) < 1 for part, share in zip(parts, shares, strict=True))


def test_ties_go_to_the_lowest_line() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
