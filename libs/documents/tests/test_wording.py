"""Amounts as people of each language read them."""

import pytest

from documents.wording import NO_BREAK, Wording


@pytest.mark.parametrize(
    ("language", "currency", "minor", "written"),
    [
        ("en", "GBP", 90_000, "£900.00"),
        ("en", "GBP", -90_000, "−£900.00"),
        ("fr", "EUR", -156_048, f"−1{NO_BREAK}560,48{NO_BREAK}€"),
        ("da", "EUR", -72_000, f"−720,00{NO_BREAK}€"),
    ],
)
def test_a_minus_stands_before_everything(language: str, currency: str, minor: int, written: str) -> None:
    amount = Wording(language, currency).amount(minor)
    # Which narrow or wide blank groups the digits is the language's own affair.
    assert amount.replace("\u202f", NO_BREAK) == written
