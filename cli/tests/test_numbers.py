"""Demo numbers pass the checks of their country, and the same company always gets the same ones."""

import pytest

from chassis.kernel.numbers import check_iban, check_imei, check_registration_number, check_vat_number
from regrade import numbers

COUNTRIES = ("BE", "DK", "FR", "GB", "NL")


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("name", ["Reparo SAS", "Tweede Leven BV", "Genbrug ApS"])
def test_numbers_exist_in_their_country(country: str, name: str) -> None:
    assert check_registration_number(country, numbers.registration_number(country, name))
    assert check_vat_number(country, numbers.vat_number(country, name)).startswith(country)
    assert check_iban(numbers.iban(country, name)).startswith(country)
    assert numbers.iban(country, name) == numbers.iban(country, name)


@pytest.mark.parametrize("country", COUNTRIES)
def test_two_companies_have_two_numbers(country: str) -> None:
    for number in (numbers.registration_number, numbers.vat_number, numbers.iban):
        assert number(country, "Reparo SAS") != number(country, "Second Souffle SAS")


def test_a_french_vat_number_holds_the_siren() -> None:
    assert numbers.vat_number("FR", "Reparo SAS").endswith(numbers.registration_number("FR", "Reparo SAS"))


def test_imeis_pass_luhn() -> None:
    assert check_imei(numbers.imei("a parcel/1"))
