"""What a seller's file is made of: documents with their moves, owners, tax data, and the list of what is needed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.domain.document import MOVES, Document, DocumentKind, DocumentRefusal, DocumentState
from accounts.domain.errors import DocumentExpiryPast, NameMisleading, OwnersWrong, TaxDataWrong
from accounts.domain.owners import Control, Owner, Owners
from accounts.domain.requirements import Requirement, requirements_of
from accounts.domain.seller import SellerState
from accounts.domain.tax_data import SellerNature, TaxData, TaxRequest
from accounts.domain.values import VatAnswer, VatNumber, VatStatus
from chassis.kernel.errors import DomainError
from chassis.kernel.ids import new_id
from chassis.kernel.numbers import TaxNumberInvalid
from chassis.testing.walk import check_every_move
from services.accounts.tests.builders import (
    ADDRESS,
    CAMILLE,
    FRENCH_VAT,
    NOW,
    OWNERS,
    REAL,
    TAX,
    a_company,
    a_document,
    a_mandate,
    a_seller,
    valid,
)

TODAY = NOW.date()
KIM = replace(CAMILLE, name="Kim Exemple")
PLAYED: dict[str, Any] = {
    "accept": lambda one: one.accept(None, NOW),
    "refuse": lambda one: one.refuse(DocumentRefusal.UNREADABLE, "Scan it again.", NOW),
    "expire": lambda one: one.expire(),
    "replace": lambda one: one.replaced(),
}


def test_every_move_of_a_document_leads_where_the_table_says_or_is_refused() -> None:
    def in_state(state: DocumentState) -> Document:
        return a_document(new_id(), state=state)

    tried = check_every_move(MOVES, DocumentState, in_state, PLAYED, lambda one: one.state)
    assert tried == len(PLAYED) * len(DocumentState)


def test_a_document_whose_last_day_is_over_is_not_accepted() -> None:
    with pytest.raises(DocumentExpiryPast):
        a_document(new_id(), valid_until=TODAY - timedelta(days=1)).accept(None, NOW)
    assert a_document(new_id(), valid_until=TODAY - timedelta(days=1)).accept(TODAY, NOW).valid_until == TODAY


@pytest.mark.parametrize(
    "owners",
    [
        OWNERS,
        Owners((Owner(CAMILLE, 2500, Control.SHARES), Owner(KIM, 7500, Control.SHARES))),
        Owners((Owner(CAMILLE, 10_000, Control.SHARES), Owner(KIM, 10_000, Control.VOTES))),
        Owners((Owner(CAMILLE, 0, Control.OTHER_MEANS),)),
        Owners((), CAMILLE),
    ],
)
def test_owners_that_can_be(owners: Owners) -> None:
    owners.check(TODAY)


@pytest.mark.parametrize(
    ("owners", "refusal"),
    [
        (Owners(), OwnersWrong),
        (Owners((Owner(CAMILLE, 2499, Control.SHARES),)), OwnersWrong),
        (Owners((Owner(CAMILLE, 10_001, Control.OTHER_MEANS),)), OwnersWrong),
        (Owners((Owner(CAMILLE, 5001, Control.SHARES), Owner(KIM, 5000, Control.SHARES))), OwnersWrong),
        (Owners((Owner(CAMILLE, 2500, Control.SHARES), Owner(CAMILLE, 2500, Control.SHARES))), OwnersWrong),
        (Owners((Owner(CAMILLE, 10_000, Control.SHARES),), KIM), OwnersWrong),
        (Owners((), replace(CAMILLE, birth_date=TODAY)), OwnersWrong),
        (Owners((), replace(CAMILLE, birth_date=date(1870, 1, 1))), OwnersWrong),
        (Owners((), replace(CAMILLE, name="Cаmille")), NameMisleading),
    ],
)
def test_owners_that_cannot_be(owners: Owners, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        owners.check(TODAY)


def test_tax_numbers_are_checked_in_their_country_and_kept_in_one_spelling() -> None:
    assert TaxData(SellerNature.ENTITY, "732 829 320", "FR").checked(TODAY) == TAX
    person = TaxData(SellerNature.INDIVIDUAL, "36 574 261 809", "DE", (), date(1980, 4, 1), "Köln")
    assert person.checked(TODAY).tax_number == "36574261809"
    for wrong in (
        replace(TAX, tax_number="732829321"),
        replace(TAX, tax_country="NL"),
        replace(person, tax_number="ABC"),
    ):
        with pytest.raises(TaxNumberInvalid):
            wrong.checked(TODAY)
    for wrong in (
        replace(person, birth_place=None),
        replace(person, birth_date=TODAY),
        replace(TAX, birth_date=date(1980, 4, 1)),
        replace(TAX, establishments=("FR", "FR")),
    ):
        with pytest.raises(TaxDataWrong):
            wrong.checked(TODAY)


COMPANY = a_company(vat_numbers=(VatNumber("FR", FRENCH_VAT, valid()),))
EXTRACT = (DocumentKind.REGISTER_EXTRACT,)


def needed(**changes: Any) -> dict[tuple[str, str | None], Requirement]:
    """By name and subject, for a seller that differs like this from one whose file is complete."""
    company, documents = changes.pop("company", COMPANY), changes.pop("documents", [])
    seller = a_seller(id=company.id, **changes)
    found = requirements_of(company, seller, documents, EXTRACT, a_mandate().version)
    return {(one.name, one.subject): one for one in found}


def test_everything_that_is_missing_is_named_with_what_to_do() -> None:
    nothing = {"payout_iban": None, "support_phone": None, "owners": None, "tax": None, "return_address": None}
    missing = [one for one in needed(**nothing, regimes=(), ship_from=("FR", "DE")).values() if not one.is_handed_in]
    assert {(one.name, one.subject) for one in missing} == {
        ("regimes", None),
        ("payout_account", None),
        ("support_phone", None),
        ("beneficial_owners", None),
        ("vat_number", "DE"),
        ("return_address", "FR"),
        ("return_address", "DE"),
        ("document", "register_extract"),
        ("tax_data", None),
    }
    assert all(one.next_step for one in missing)


def test_a_further_country_needs_a_number_and_an_address_of_its_own() -> None:
    german = replace(ADDRESS, country="DE", city="Köln", postal_code="50667")
    known = needed(ship_from=("FR", "DE"), return_addresses=(german,))
    assert known["return_address", "DE"].is_handed_in
    assert not known["vat_number", "DE"].is_handed_in


@pytest.mark.parametrize(
    ("status", "state", "keeps_out"),
    [
        (VatStatus.VALID, "accepted", False),
        (VatStatus.UNAVAILABLE, "waiting", False),
        (VatStatus.INVALID, "refused", True),
    ],
)
def test_a_silent_register_is_a_state_of_its_own(status: VatStatus, state: str, *, keeps_out: bool) -> None:
    company = a_company(vat_numbers=(VatNumber("FR", FRENCH_VAT, VatAnswer(status, REAL)),))
    number = needed(company=company)["vat_number", "FR"]
    assert (number.state, number.is_open_for_approval) == (state, keeps_out)


@pytest.mark.parametrize(
    ("states", "state", "handed_in", "approvable"),
    [
        ([], "missing", False, False),
        (["uploaded"], "waiting", True, False),
        (["refused"], "refused", False, False),
        (["expired"], "expired", False, False),
        (["expired", "uploaded"], "waiting", True, False),
        (["accepted", "refused"], "accepted", True, True),
        (["replaced"], "missing", False, False),
    ],
)
def test_of_several_papers_of_a_kind_the_best_counts(
    states: list[str], state: str, *, handed_in: bool, approvable: bool
) -> None:
    documents = [a_document(new_id(), state=DocumentState(one)) for one in states]
    paper = needed(documents=documents)["document", "register_extract"]
    assert (paper.state, paper.is_handed_in, not paper.is_open_for_approval) == (state, handed_in, approvable)


def test_tax_data_that_are_asked_for_anew_hold_up_the_money_and_not_the_sale() -> None:
    request = TaxRequest(NOW, NOW + timedelta(days=60))
    asked = needed(state=SellerState.ACTIVE, mandate=a_mandate(), tax_request=request)["tax_data", None]
    assert (asked.state, asked.needed_for, asked.due_on) == ("refused", "payout", request.due_at.date())


def test_a_mandate_is_needed_from_the_approval_on_and_again_when_its_text_has_changed() -> None:
    assert ("mandate", None) not in needed()
    assert needed(state=SellerState.APPROVED)["mandate", None].state == "missing"
    active: dict[str, Any] = {"state": SellerState.ACTIVE}
    assert needed(**active, mandate=a_mandate())["mandate", None].state == "accepted"
    assert needed(**active, mandate=replace(a_mandate(), version="2020-01-01"))["mandate", None].state == "expired"
    assert needed(**active, mandate=replace(a_mandate(), revoked_at=REAL))["mandate", None].state == "missing"
