"""Money: integers, named rounding, and parts that always add up."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.money import CurrencyMismatch, Money, decimal_text, half_up, percent_of, split


def test_amounts_of_different_currencies_never_mix() -> None:
    euros, crowns = Money(100, "EUR"), Money(100, "DKK")
    for mix in (lambda: euros + crowns, lambda: euros - crowns, lambda: euros < crowns, lambda: euros <= crowns):
        with pytest.raises(CurrencyMismatch):
            mix()
    assert euros + Money(50, "EUR") == Money(150, "EUR")
    assert euros * 3 - Money(1, "EUR") == Money(299, "EUR")


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


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_parts_add_up_and_none_is_off_by_a_cent(total: int, weights: list[int]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    whole = sum(weights) or len(weights)
    shares = [Fraction(total * (weight if sum(weights) else 1), whole) for weight in weights]
    assert all(abs(part - share) < 1 for part, share in zip(parts, shares, strict=True))


def test_ties_go_to_the_lowest_line() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123450, "EUR", "1234.50"),
        (5, "EUR", "0.05"),
        (-1999, "GBP", "-19.99"),
        (700, "JPY", "700"),
        (1234, "KWD", "1.234"),
    ],
)
def test_amounts_as_decimal_text(minor: int, currency: str, text: str) -> None:
    assert decimal_text(minor, currency) == text
