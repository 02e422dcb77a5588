"""Numbers with check digits: right ones in any spelling, and each kind of typing error."""

import pytest

from chassis.kernel.numbers import (
    IbanInvalid,
    ImeiInvalid,
    RegistrationNumberInvalid,
    SerialNumberInvalid,
    SirenInvalid,
    SiretInvalid,
    VatNumberInvalid,
    bic_of,
    check_iban,
    check_imei,
    check_registration_number,
    check_serial_number,
    check_siren,
    check_siret,
    check_vat_number,
    mask_iban,
)


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("FR", "FR44732829320", "FR44732829320"),
        ("FR", "44 732 829 320", "FR44732829320"),
        ("BE", "BE 0697.449.992", "BE0697449992"),
        ("NL", "NL004495445B01", "NL004495445B01"),
        ("GR", "EL 094259216", "EL094259216"),
        ("GR", "GR094259216", "EL094259216"),
        ("EL", "094259216", "EL094259216"),
        ("GB", "GB221802155", "GB221802155"),
        ("XI", "XI 221 8021 55", "XI221802155"),
    ],
)
def test_a_right_vat_number_is_stored_in_one_spelling(country: str, typed: str, stored: str) -> None:
    assert check_vat_number(country, typed) == stored


@pytest.mark.parametrize(
    ("country", "typed"),
    [
        ("FR", "FR44732829321"),  # last digit mistyped
        ("DE", "FR44732829320"),  # another state's number
        ("GB", "XI221802155"),  # Northern Ireland's prefix is not Great Britain's
        ("FR", "FR44732829320é"),
        ("US", "123456789"),  # has no VAT
        ("EU", "EU372022452"),  # one-stop-shop number, not a member state
        ("FR", ""),
    ],
)
def test_a_wrong_vat_number_is_refused(country: str, typed: str) -> None:
    with pytest.raises(VatNumberInvalid):
        check_vat_number(country, typed)


def test_siren_and_siret_are_checked_and_la_poste_keeps_its_exception() -> None:
    assert check_siren("732 829 320") == "732829320"
    assert check_siret("732 829 320 00074") == "73282932000074"
    assert check_siret("35600000049837") == "35600000049837"  # digits add up to 45, a multiple of 5
    with pytest.raises(SirenInvalid):
        check_siren("732829321")
    with pytest.raises(SiretInvalid):
        check_siret("73282932000075")


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [
        ("FR", "732 829 320", "732829320"),
        ("BE", "0403.019.261", "0403019261"),
        ("DK", "13 58 56 28", "13585628"),
        ("NL", "12345678", "12345678"),
        ("GB", "ni123456", "NI123456"),
        ("DE", "HRB 12345", "HRB12345"),
    ],
)
def test_registration_numbers_follow_their_register(country: str, typed: str, stored: str) -> None:
    assert check_registration_number(country, typed) == stored


@pytest.mark.parametrize(
    ("country", "typed"),
    [("FR", "732829321"), ("BE", "0403019262"), ("DK", "13585629"), ("NL", "1234567"), ("GB", "1234"), ("DE", "none")],
)
def test_a_wrong_registration_number_is_refused(country: str, typed: str) -> None:
    with pytest.raises(RegistrationNumberInvalid):
        check_registration_number(country, typed)


def test_an_iban_is_checked_up_to_its_national_key() -> None:
    assert check_iban("FR76 3000 6000 0112 3456 7890 189") == "FR7630006000011234567890189"
    assert bic_of("DK5000400440116243") == "NDEADKKK"
    assert bic_of("BE68539007547034") is None
    # mod-97 is right here, the French RIB key inside is not (89 would be).
    body = "30006000011234567890188"
    digits = 98 - int(body + "152700") % 97
    with pytest.raises(IbanInvalid, match="InvalidBBANChecksum"):
        check_iban(f"FR{digits:02d}{body}")


@pytest.mark.parametrize("wrong", ["FR7630006000011234567890180", "FR763000600001", "foo", ""])
def test_a_mistyped_iban_is_refused_without_repeating_it(wrong: str) -> None:
    with pytest.raises(IbanInvalid) as refusal:
        check_iban(wrong)
    assert not wrong or wrong not in str(refusal.value)


def test_an_iban_whose_national_digits_nobody_can_check_still_passes() -> None:
    assert check_iban("SE4550000000058398257466") == "SE4550000000058398257466"


def test_a_masked_iban_shows_eight_characters_at_most() -> None:
    assert mask_iban("FR76 3000 6000 0112 3456 7890 189") == "FR76****0189"
    assert mask_iban("FR763000") == "****"


def test_an_imei_has_fifteen_digits_and_a_luhn_digit() -> None:
    assert check_imei("35-417803-685978-9") == "354178036859789"
    for wrong in ("354178036859781", "35417803685978", "3568680000414120", "35417803685978A"):
        with pytest.raises(ImeiInvalid):
            check_imei(wrong)


def test_a_serial_number_is_kept_as_typed() -> None:
    assert check_serial_number(" C02XL0GYJGH5 ") == "C02XL0GYJGH5"
    for wrong in ("AB12", "A" * 51, "C02 XL0", "C02_XL0"):
        with pytest.raises(SerialNumberInvalid):
            check_serial_number(wrong)
