"""A company's states, and what the VAT register's answers do to it."""

from datetime import timedelta

import pytest

from accounts.domain.company import MOVES, Company, CompanyState
from accounts.domain.errors import CompanyNotActive
from accounts.domain.profile import ProfileChange
from accounts.domain.values import VatAnswer, VatNumber, VatStatus, vat_number
from chassis.kernel.numbers import VatNumberInvalid
from chassis.testing.walk import check_every_move
from services.accounts.tests.builders import FRENCH_VAT, REAL, a_company, valid

UNAVAILABLE = VatAnswer(VatStatus.UNAVAILABLE, REAL)


def test_every_move_leads_where_the_table_says_or_is_refused() -> None:
    tried = check_every_move(
        MOVES,
        CompanyState,
        lambda state: a_company(state=state),
        {
            "activate": lambda company: company.activate()[0],
            "change": lambda company: company.change_profile(ProfileChange(language="en"))[0],
            "begin_closing": lambda company: company.begin_closing("not_needed", False)[0],
            "reopen": lambda company: company.reopen(())[0],
            "close": lambda company: company.close()[0],
            "erase": lambda company: company.erase()[0],
        },
        lambda company: company.state,
    )
    assert tried == 6 * len(CompanyState)


def test_each_version_has_one_event_with_the_same_number() -> None:
    company = a_company(version=1, state=CompanyState.PENDING_ACTIVATION)
    active, activated = company.activate()
    assert (active.version, activated.seq, activated.aggregate_id) == (2, 2, company.id)
    closing, begun = active.begin_closing("not_needed", True)
    closed, fact = closing.close()
    erased, forgotten = closed.erase()
    assert [(closing.version, begun.seq), (closed.version, fact.seq), (erased.version, forgotten.seq)] == [
        (3, 3),
        (4, 4),
        (5, 5),
    ]


def test_an_erased_company_names_nobody_but_keeps_where_it_was() -> None:
    company = a_company(state=CompanyState.CLOSED, legal_form="SAS", share_capital="10 000 EUR")
    erased, _ = company.erase()
    assert (erased.country, erased.market, erased.address.country) == (company.country, company.market, "FR")
    left = " ".join(
        str(value) for value in (erased.legal_name, erased.registration_number, erased.address, erased.contact)
    )
    for personal in (company.legal_name, company.registration_number, company.address.street, company.contact.name):
        assert personal not in left
    assert (erased.vat_numbers, erased.legal_form, erased.share_capital) == ((), None, None)


def test_a_register_that_does_not_answer_never_makes_a_number_invalid() -> None:
    recorded = a_company().record_vat_answer(FRENCH_VAT, UNAVAILABLE)
    assert recorded is not None
    assert status_of(recorded[0]) is VatStatus.UNAVAILABLE


def test_a_clear_answer_is_kept_when_the_register_is_down_later() -> None:
    recorded = a_company().record_vat_answer(FRENCH_VAT, valid())
    assert recorded is not None
    assert recorded[0].record_vat_answer(FRENCH_VAT, UNAVAILABLE) is None


def test_a_second_silence_is_no_news() -> None:
    recorded = a_company().record_vat_answer(FRENCH_VAT, UNAVAILABLE)
    assert recorded is not None
    assert recorded[0].record_vat_answer(FRENCH_VAT, VatAnswer(VatStatus.UNAVAILABLE, REAL + timedelta(1))) is None


def test_a_clear_answer_replaces_silence_and_says_that_the_evidence_changed() -> None:
    recorded = a_company().record_vat_answer(FRENCH_VAT, UNAVAILABLE)
    assert recorded is not None
    again = recorded[0].record_vat_answer(FRENCH_VAT, valid())
    assert again is not None
    company, changed = again
    assert status_of(company) is VatStatus.VALID
    assert (changed.what, changed.seq) == (("vat_evidence",), company.version)


def test_an_answer_about_a_number_the_company_does_not_have_changes_nothing() -> None:
    assert a_company().record_vat_answer("DE136695976", valid()) is None


def test_british_numbers_are_not_asked_in_vies_but_northern_irish_ones_are() -> None:
    british = vat_number("GB", "980 7806 84")
    assert british.number == "GB980780684"
    assert british.status is VatStatus.NOT_COVERED
    northern_irish = vat_number("GB", "XI 980 7806 84")
    assert northern_irish.number == "XI980780684"
    assert northern_irish.status is VatStatus.NOT_ASKED


def test_a_vat_number_with_a_wrong_check_digit_is_refused() -> None:
    with pytest.raises(VatNumberInvalid):
        vat_number("FR", "FR45732829320")


def test_who_is_not_active_may_not_act() -> None:
    with pytest.raises(CompanyNotActive):
        a_company(state=CompanyState.CLOSED).must_be_active()
    with pytest.raises(CompanyNotActive):
        a_company(state=CompanyState.PENDING_ACTIVATION).must_be_active()


def test_who_waits_for_activation_is_not_closed() -> None:
    a_company(state=CompanyState.PENDING_ACTIVATION).must_not_be_closed()
    with pytest.raises(CompanyNotActive):
        a_company(state=CompanyState.CLOSED).must_not_be_closed()


def status_of(company: Company) -> VatStatus:
    (number,) = company.vat_numbers
    assert isinstance(number, VatNumber)
    return number.status
