"""A seller's case: every move in every state, and the prefix of its invoices."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.domain.effects import Effects, effects_of
from accounts.domain.errors import MandateNotSigned, MandateVersionUnknown
from accounts.domain.invoice_prefix import invoice_prefix
from accounts.domain.mandates import check_mandate_version, current_mandate
from accounts.domain.seller import (
    MOVES,
    CaseChange,
    Info,
    InfoReason,
    OffboardingReason,
    RejectionReason,
    Seller,
    SellerState,
    SuspensionReason,
)
from accounts.domain.tax_data import TaxRequest
from chassis.testing.walk import check_every_move
from services.accounts.tests.builders import NOW, REAL, TAX, a_mandate, a_seller

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
    "renew_mandate": lambda seller: seller.renew_mandate(a_mandate())[0],
    "revoke_mandate": lambda seller: seller.revoke_mandate(REAL)[0],
    "change": lambda seller: seller.change(CaseChange(support_phone="+33 1 00 00 00 00"))[0],
    "raise_requirement": lambda seller: seller.raise_requirement("document", "unreadable")[0],
    "hold_payouts": lambda seller: seller.hold_payouts()[0],
    "resume_payouts": lambda seller: seller.resume_payouts()[0],
    "suspend": lambda seller: seller.suspend(SuspensionReason.SERVICE_LEVEL)[0],
    "reinstate": lambda seller: seller.reinstate()[0],
}


def test_every_move_leads_where_the_table_says_or_is_refused() -> None:
    tried = check_every_move(MOVES, SellerState, in_state, PLAYED, lambda seller: seller.state)
    assert tried == len(PLAYED) * len(SellerState)


def test_nobody_sells_before_the_mandate_is_signed() -> None:
    paths_to_active = {
        move for (move, before), after in MOVES.moves.items() if after is SellerState.ACTIVE is not before
    }
    assert paths_to_active == {"sign_mandate", "reinstate"}


def test_a_signature_frees_whom_only_the_mandate_held_back_and_nobody_else() -> None:
    revoked, suspended = in_state(SellerState.ACTIVE).revoke_mandate(REAL)
    assert (revoked.state, suspended.reason) == (SellerState.SUSPENDED, "mandate_revoked")
    with pytest.raises(MandateNotSigned):
        revoked.reinstate()
    with pytest.raises(MandateNotSigned):
        revoked.revoke_mandate(REAL)
    assert revoked.sign(a_mandate())[0].state is SellerState.ACTIVE
    watched, _ = in_state(SellerState.ACTIVE).suspend(SuspensionReason.COMPLIANCE)
    without, still = watched.revoke_mandate(REAL)
    assert (without.state, still.reason) == (SellerState.SUSPENDED, "compliance")
    signed, fact = without.sign(a_mandate())
    assert (signed.state, signed.reason, fact.mandate_version) == (
        SellerState.SUSPENDED,
        "compliance",
        a_mandate().version,
    )
    assert signed.reinstate()[0].state is SellerState.ACTIVE


def test_a_change_names_fields_and_no_values_and_answers_a_request_for_tax_data() -> None:
    asked, raised = in_state(SellerState.ACTIVE).ask_tax_data(TaxRequest(NOW, NOW + timedelta(days=60)), "asked")
    assert (raised.requirement, raised.why, raised.due_on) == ("tax_data", "asked", (NOW + timedelta(days=60)).date())
    changed = asked.change(CaseChange(tax=TAX, payout_iban="FR7630004000031234567890143"))
    assert changed is not None
    seller, fact = changed
    assert (seller.tax_request, fact.what) == (None, ("payout", "tax"))
    assert "FR76" not in repr(fact)
    assert seller.change(CaseChange(support_phone=seller.support_phone)) is None


def test_what_a_state_means_for_a_business() -> None:
    suspended, _ = in_state(SellerState.ACTIVE).suspend(SuspensionReason.COMPLIANCE)
    assert effects_of(suspended) == Effects("paused", "to_be_finished", "go_on")
    assert effects_of(suspended.hold_payouts()[0]).payouts == "held"
    assert effects_of(a_seller()) == Effects("none", "none", "none")


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
