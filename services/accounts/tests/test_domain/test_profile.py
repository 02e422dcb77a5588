"""What a change of a company's profile says, and which names are refused."""

from dataclasses import replace

import pytest

from accounts.domain.editing import must_be_at
from accounts.domain.errors import CountryFixed, LanguageNotOffered, NameMisleading, SupportOnly, VatNumbersMissing
from accounts.domain.names import check_names
from accounts.domain.profile import ProfileChange, ProfileRules
from accounts.domain.values import VatNumber, VatStatus
from chassis.kernel.errors import Overtaken
from services.accounts.tests.builders import ADDRESS, FRENCH_VAT, ONE_SHOP, RULES, a_company, valid

BUYERS = ProfileRules.of([RULES], needs_vat_number=False)
SELLERS = ProfileRules.of([RULES], needs_vat_number=True)
MOVED = replace(ADDRESS, street="2 rue de Rivoli")


def test_a_change_says_which_fields_differ_and_nothing_else() -> None:
    change = ProfileChange(legal_name="Reparo SA", address=MOVED, contact_phone="+33 1 00 00 00 00", language="fr")
    changed = a_company(version=4).change_profile(change)
    assert changed is not None
    company, fact = changed
    assert fact.what == ("legal_name", "address", "contact")
    assert (company.version, fact.seq, fact.user_id) == (5, 5, None)
    assert (company.legal_name, company.address) == ("Reparo SA", MOVED)
    assert (company.contact.phone, company.contact.email) == ("+33 1 00 00 00 00", "camille@reparo.example")


def test_what_is_so_already_is_no_change() -> None:
    company = a_company(vat_numbers=(VatNumber("FR", FRENCH_VAT, valid()),))
    same = ProfileChange(legal_name=company.legal_name, vat_numbers={"FR": "FR 44 732 829 320"}, country="FR")
    assert company.change_profile(same) is None


def test_a_number_that_stays_keeps_its_evidence_and_a_new_one_has_none() -> None:
    company = a_company(vat_numbers=(VatNumber("FR", FRENCH_VAT, valid()),))
    changed = company.change_profile(ProfileChange(vat_numbers={"DE": "DE136695976", "FR": FRENCH_VAT}))
    assert changed is not None
    assert [(vat.country, vat.status) for vat in changed[0].vat_numbers] == [
        ("DE", VatStatus.NOT_ASKED),
        ("FR", VatStatus.VALID),
    ]
    assert changed[1].what == ("vat_numbers",)


@pytest.mark.parametrize("change", [ProfileChange(country="DE"), ProfileChange(address=replace(ADDRESS, country="DE"))])
def test_a_company_does_not_move_to_another_country(change: ProfileChange) -> None:
    with pytest.raises(CountryFixed):
        change.check(BUYERS, "FR")


def test_a_language_is_one_of_the_markets() -> None:
    ProfileChange(language="en").check(BUYERS, "FR")
    with pytest.raises(LanguageNotOffered) as refused:
        ProfileChange(language="da").check(BUYERS, "FR")
    assert refused.value.facts == {"languages": ["en", "fr"]}


def test_a_seller_keeps_a_number_where_it_sits_and_a_buyer_need_not() -> None:
    gone = ProfileChange(vat_numbers={"DE": "DE136695976"})
    gone.check(BUYERS, "FR")
    with pytest.raises(VatNumbersMissing):
        gone.check(SELLERS, "FR")


def test_of_several_markets_the_strictest_holds() -> None:
    lenient = replace(ONE_SHOP, support_only_fields=frozenset({"legal_name"}))
    rules = ProfileRules.of([RULES, lenient], needs_vat_number=True)
    assert rules.support_only == {"email", "address", "vat_number", "legal_name"}
    before = a_company().profile
    with pytest.raises(SupportOnly) as refused:
        before.check_support_only(replace(before, legal_name="Reparo SA", address=MOVED), rules)
    assert refused.value.facts == {"fields": ["address", "legal_name"]}


def test_who_saw_an_older_version_edits_nothing() -> None:
    must_be_at(a_company(version=7), 7)
    with pytest.raises(Overtaken) as refused:
        must_be_at(a_company(version=7), 6)
    assert refused.value.facts == {"version": 7}


@pytest.mark.parametrize(
    "name",
    [
        "\u0410pple Distribution",
        "Regr\u03b1de",
        "Repa\u200bro SAS",
        "\u202eOSRAPER",
        "Repa\u00adro",
    ],
)
def test_a_name_that_passes_for_another_is_refused(name: str) -> None:
    with pytest.raises(NameMisleading) as refused:
        check_names(city="Paris", legal_name=name)
    assert refused.value.facts == {"field": "legal_name"}


@pytest.mark.parametrize(
    "name", ["Société Générale d'Électronique & Cie", "Ремонт ООД", "Καινούριο AE", "3М 2000", None]
)
def test_honest_names_of_every_script_pass(name: str | None) -> None:
    check_names(legal_name=name)
