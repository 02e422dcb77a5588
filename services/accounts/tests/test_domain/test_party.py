"""The party snapshot has what papers and payouts need."""

from accounts.domain.party import party_of
from accounts.domain.values import VatNumber, VatStatus
from services.accounts.tests.builders import FRENCH_VAT, IBAN, SIREN, a_company, a_seller, valid


def test_a_buyer_has_no_payout_and_one_market() -> None:
    party = party_of(a_company(version=7), None)
    assert (party["version"], party["kind"], party["market"], party["markets"]) == (7, "buyer", "fr-pro", ["fr-pro"])
    assert (party["registration_number"], party["registration_scheme"]) == (SIREN, "0002")
    assert party["vat_numbers"] == {"FR": FRENCH_VAT}
    assert party["contacts"] == [{"role": "main", "email": "camille@reparo.example", "name": "Camille Exemple"}]
    assert party["payout"] is None
    assert party["invoice_prefix"] is None


def test_a_seller_has_payout_prefix_and_return_address() -> None:
    company = a_company(kind="seller", market=None)
    party = party_of(company, a_seller(id=company.id, markets=("fr-pro", "nl-market")))
    assert party["payout"] == {"iban": IBAN, "holder_name": "Reparo SAS"}
    assert (party["invoice_prefix"], party["markets"]) == ("REPA", ["fr-pro", "nl-market"])
    assert party["return_address"]["city"] == "Paris"


def test_the_evidence_is_about_the_number_of_its_own_country() -> None:
    german = VatNumber("DE", "DE136695976")
    party = party_of(a_company(vat_numbers=(german, VatNumber("FR", FRENCH_VAT, valid()))), None)
    assert party["vat_evidence"] == {
        "vat_number": FRENCH_VAT,
        "status": "valid",
        "name": "REPARO SAS",
        "consultation_number": "WAPIAAAAW1",
        "checked_at": "2026-11-21T09:30:00Z",
    }
    assert party["vat_checks"]["DE"]["status"] == VatStatus.NOT_ASKED


def test_a_company_without_a_vat_number_has_no_evidence() -> None:
    party = party_of(a_company(vat_numbers=()), None)
    assert (party["vat_evidence"], party["vat_numbers"]) == (None, {})


def test_a_country_without_an_iso_6523_register_has_no_scheme() -> None:
    assert party_of(a_company(country="DE"), None)["registration_scheme"] is None
