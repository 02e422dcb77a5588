"""Money: integers that know their currency."""

import pytest

from chassis.kernel.money import CurrencyMismatch, Money, decimal_text


def test_amounts_of_different_currencies_never_mix() -> None:
    euros, crowns = Money(100, "EUR"), Money(100, "DKK")
    for mix in (lambda: euros + crowns, lambda: euros - crowns, lambda: euros < crowns, lambda: euros <= crowns):
        with pytest.raises(CurrencyMismatch):
            mix()
    assert euros + Money(50, "EUR") == Money(150, "EUR")
    assert euros * 3 - Money(1, "EUR") == Money(299, "EUR")


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
