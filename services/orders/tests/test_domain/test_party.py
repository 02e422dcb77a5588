"""What a company's snapshot says to the tax rules."""

from dataclasses import replace

import pytest

from services.orders.tests.builders import a_party
from tax import NO_VAT_NUMBER


@pytest.mark.parametrize(
    ("told", "understood"),
    [
        ("valid", "valid"),
        ("invalid", "invalid"),
        ("unavailable", "unavailable"),
        ("not_asked", "unavailable"),
        ("not_covered", "unavailable"),
    ],
)
def test_no_answer_of_the_register_is_never_taken_for_a_refusal(told: str, understood: str) -> None:
    assert a_party(status=told).vat_towards("FR").status == understood


def test_a_company_without_a_number_has_none() -> None:
    assert a_party(vat=None).vat_towards("FR") == NO_VAT_NUMBER


def test_the_number_of_the_country_delivered_to_is_used_where_there_is_one() -> None:
    numbers = {"FR": "FR44732829320", "DE": "DE136695976"}
    party = a_party()
    both = replace(party, snapshot={**party.snapshot, "vat_numbers": numbers})
    assert both.vat_towards("DE").number == "DE136695976"
    assert both.vat_towards("NL").number == "FR44732829320"
