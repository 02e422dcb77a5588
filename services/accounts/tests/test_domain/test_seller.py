"""A seller's case: every move in every state, and the prefix of its invoices."""

import re
from dataclasses import replace
from typing import Any

import pytest

from accounts.domain.errors import MandateVersionUnknown
from accounts.domain.invoice_prefix import invoice_prefix
from accounts.domain.mandates import check_mandate_version, current_mandate
from accounts.domain.seller import (
    MOVES,
    Info,
    InfoReason,
    OffboardingReason,
    RejectionReason,
    Seller,
    SellerState,
    SuspensionReason,
)
from chassis.testing.walk import check_every_move
from services.accounts.tests.builders import a_mandate, a_seller

WITH_MANDATE = {SellerState.ACTIVE, SellerState.SUSPENDED}


def in_state(state: SellerState) -> Seller:
    asked = {"reason": "quality", "next_step": "Call us."} if state is SellerState.INFO_REQUESTED else {}
    return a_seller(state=state, mandate=a_mandate() if state in WITH_MANDATE else None, **asked)


PLAYED: dict[str, Any] = {
    "submit": lambda seller: seller.submit()[0],
    "approve": lambda seller: seller.approve()[0],
    "reject": lambda seller: seller.reject(RejectionReason.QUALITY, "Send three sample devices.")[0],
    "start_review": lambda seller: seller.start_review()[0],
    "request_info": lambda seller: seller.request_info(InfoReason.DOCUMENTS_MISSING, "Send the extract.")[0],
    "remind": lambda seller: seller.remind()[0],
    "give_info": lambda seller: seller.give_info(Info("Here it is."))[0],
    "offboard": lambda seller: seller.offboard(OffboardingReason.OWN_WISH)[0],
    "sign_mandate": lambda seller: seller.sign_mandate(a_mandate())[0],
    "suspend": lambda seller: seller.suspend(SuspensionReason.SERVICE_LEVEL)[0],
    "reinstate": lambda seller: seller.reinstate()[0],
}


def test_every_move_leads_where_the_table_says_or_is_refused() -> None:
    tried = check_every_move(MOVES, SellerState, in_state, PLAYED, lambda seller: seller.state)
    assert tried == len(PLAYED) * len(SellerState)


def test_nobody_sells_before_the_mandate_is_signed() -> None:
    paths_to_active = {move for (move, _), state in MOVES.moves.items() if state is SellerState.ACTIVE}
    assert paths_to_active == {"sign_mandate", "reinstate"}


def test_a_reinstated_seller_is_announced_like_a_new_one() -> None:
    suspended, _ = in_state(SellerState.ACTIVE).suspend(SuspensionReason.COMPLIANCE)
    seller, activated = suspended.reinstate()
    assert (activated.markets, activated.mandate_version) == (seller.markets, a_mandate().version)
    assert seller.reason is None


def test_a_rejection_keeps_the_next_step_and_publishes_the_reason_only() -> None:
    seller, rejected = a_seller().reject(RejectionReason.DOCUMENTS_MISSING, "Call Camille about the register extract.")
    assert seller.next_step == "Call Camille about the register extract."
    assert rejected.reason == "documents_missing"
    assert "Camille" not in repr(rejected)


def test_a_submitted_case_begins_its_story_at_one() -> None:
    draft = replace(a_seller(), version=0, state=SellerState.DRAFT)
    seller, submitted = draft.submit()
    assert (seller.version, submitted.seq) == (1, 1)


def test_a_prefix_is_the_begin_of_the_name_in_plain_capitals() -> None:
    assert invoice_prefix("Réparo & Fils SAS", ()) == "REPA"
    assert invoice_prefix("3B Scientific", ()) == "3BSC"


def test_a_taken_prefix_gets_a_number() -> None:
    assert invoice_prefix("Reparo SAS", {"REPA"}) == "REPA2"
    assert invoice_prefix("Reparo SAS", {"REPA", "REPA2", "REPA3"}) == "REPA4"


@pytest.mark.parametrize("name", ["株式会社", "Ø", "A", "—"])
def test_a_name_without_latin_letters_still_gets_a_prefix_that_invoices_may_carry(name: str) -> None:
    assert re.fullmatch("[A-Z0-9]{2,}", invoice_prefix(name, ()))


def test_only_the_current_mandate_can_be_signed() -> None:
    check_mandate_version(current_mandate().version)
    with pytest.raises(MandateVersionUnknown):
        check_mandate_version("2020-01-01")


def test_the_mandate_names_what_the_law_asks_for() -> None:
    text = current_mandate().text("en")
    for words in ("prior mandate", "contest", "credit notes", "subcontractors", "VAT"):
        assert words in text


def test_who_speaks_another_language_reads_the_mandate_in_english() -> None:
    assert current_mandate().text("da") == current_mandate().text("en")
    assert current_mandate().text("fr") != current_mandate().text("en")
