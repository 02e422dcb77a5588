"""What other services read: one shape per fact, and nothing personal."""

import json
from dataclasses import dataclass, replace
from datetime import date

import pytest

from accounts.domain import events
from accounts.domain.erasure import ErasureCause, new_erasure
from accounts.domain.revocation import Revoked, new_revocation
from accounts.domain.seller import CaseChange, Info, InfoReason, OffboardingReason, RejectionReason, Seller
from accounts.messaging.inbound import handlers
from accounts.messaging.outbound import TOPICS, outbound
from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import new_id
from chassis.kernel.personal_data import Obeyed, OpenItem, Subject
from services.accounts.tests.builders import REAL, TAX, a_company, a_mandate, a_seller, an_active_user, an_invitation

COMPANY, USER, SELLER, INVITATION = a_company(), an_active_user(), a_seller(), an_invitation()
REVOCATION = new_revocation(Revoked.SESSION, USER.id, REAL)
ID, SID, UID = str(COMPANY.id), str(SELLER.id), USER.id


def _changed(seller: Seller, change: CaseChange) -> DomainEvent:
    changed = seller.change(change)
    assert changed is not None
    return changed[1]


SELLING = SELLER.approve()[0].sign_mandate(a_mandate())[0]
ERASURE, REQUESTED = new_erasure(new_id(), Subject(COMPANY.id, UID), ErasureCause.PERSON, Obeyed({}), REAL)
CONFIRMED = ERASURE.confirm("orders", Obeyed({}), REAL)
assert CONFIRMED is not None
SHAPES: list[tuple[DomainEvent, str, dict[str, object]]] = [
    (
        COMPANY.begin_closing("not_needed", True)[1],
        "accounts.company.closing.v1",
        {"company_id": ID, "reason": "not_needed", "erase": True},
    ),
    (
        events.CompanyReopened(aggregate_id=COMPANY.id, seq=4, open=(OpenItem("order", "100001", "shipped"),)),
        "accounts.company.reopened.v1",
        {"company_id": ID, "open": [{"kind": "order", "id": "100001", "state": "shipped"}]},
    ),
    (events.CompanyClosed(aggregate_id=COMPANY.id, seq=4), "accounts.company.closed.v1", {"company_id": ID}),
    (events.CompanyErased(aggregate_id=COMPANY.id, seq=5), "accounts.company.erased.v1", {"company_id": ID}),
    (
        REQUESTED,
        "accounts.erasure.requested.v1",
        {"erasure_id": str(ERASURE.id), "company_id": ID, "user_id": str(UID)},
    ),
    (
        CONFIRMED[1],
        "accounts.erasure.confirmed.v1",
        {
            "erasure_id": str(ERASURE.id),
            "holder": "orders",
            "waits_for": ["aftersales", "catalog", "gateway", "payments"],
        },
    ),
    (
        events.ErasureCompleted(aggregate_id=ERASURE.id, seq=5, holder="payments"),
        "accounts.erasure.completed.v1",
        {"erasure_id": str(ERASURE.id), "holder": "payments"},
    ),
    (
        COMPANY.registered(UID),
        "accounts.company.registered.v1",
        {"company_id": ID, "kind": "buyer", "market": "fr-pro", "user_id": str(UID)},
    ),
    (
        events.CompanyActivated(aggregate_id=COMPANY.id, seq=2, kind="seller", market=None),
        "accounts.company.activated.v1",
        {"company_id": ID, "kind": "seller", "market": None},
    ),
    (
        COMPANY.person_changed("activation_link", UID)[1],
        "accounts.company.changed.v1",
        {"company_id": ID, "what": ["activation_link"], "user_id": str(UID)},
    ),
    (
        COMPANY.person_changed("password_link", UID)[1],
        "accounts.company.changed.v1",
        {"company_id": ID, "what": ["password_link"], "user_id": str(UID)},
    ),
    (
        events.CompanyChanged(aggregate_id=COMPANY.id, seq=3, what=("vat_evidence",)),
        "accounts.company.changed.v1",
        {"company_id": ID, "what": ["vat_evidence"], "user_id": None},
    ),
    (
        REVOCATION.announced(),
        "accounts.revocation.revoked.v1",
        {
            "revocation_id": str(REVOCATION.id),
            "kind": "session",
            "subject_id": str(UID),
            "revoked_at": "2026-11-21T09:30:00Z",
        },
    ),
    (
        COMPANY.invite(INVITATION.id)[1],
        "accounts.company.changed.v1",
        {"company_id": ID, "what": ["invitation"], "user_id": None, "invitation_id": str(INVITATION.id)},
    ),
    (
        events.SellerSubmitted(aggregate_id=SELLER.id, seq=1, markets=("fr-pro",)),
        "accounts.seller.submitted.v1",
        {"seller_id": SID, "markets": ["fr-pro"]},
    ),
    (SELLER.approve()[1], "accounts.seller.approved.v1", {"seller_id": SID}),
    (
        SELLER.reject(RejectionReason.OTHER, "Call Camille.")[1],
        "accounts.seller.rejected.v1",
        {"seller_id": SID, "reason": "other"},
    ),
    (
        SELLER.approve()[0].sign_mandate(a_mandate())[1],
        "accounts.seller.activated.v1",
        {"seller_id": SID, "markets": ["fr-pro"], "ship_from": ["FR"], "mandate_version": "2026-11-01"},
    ),
    (SELLER.start_review()[1], "accounts.seller.review_started.v1", {"seller_id": SID}),
    (
        SELLER.request_info(InfoReason.QUALITY, "Call Camille.")[1],
        "accounts.seller.info_requested.v1",
        {"seller_id": SID, "reason": "quality"},
    ),
    (
        SELLER.request_info(InfoReason.QUALITY, "Call Camille.")[0].remind()[1],
        "accounts.seller.reminded.v1",
        {"seller_id": SID, "reason": "quality"},
    ),
    (
        SELLER.request_info(InfoReason.QUALITY, "Call Camille.")[0].give_info(Info("Camille called."))[1],
        "accounts.seller.info_given.v1",
        {"seller_id": SID},
    ),
    (SELLER.begin()[1], "accounts.seller.drafted.v1", {"seller_id": SID}),
    (
        _changed(SELLER, CaseChange(payout_holder="Camille", tax=replace(TAX, tax_number="Camille"))),
        "accounts.seller.changed.v1",
        {"seller_id": SID, "what": ["payout", "tax"], "ship_from": ["FR"]},
    ),
    (
        SELLER.raise_requirement("document", "expires_soon", date(2026, 12, 31), "register_extract")[1],
        "accounts.seller.requirement_raised.v1",
        {
            "seller_id": SID,
            "requirement": "document",
            "subject": "register_extract",
            "why": "expires_soon",
            "due_on": "2026-12-31",
        },
    ),
    (SELLING.hold_payouts()[1], "accounts.seller.payouts_held.v1", {"seller_id": SID, "reason": "tax_data"}),
    (SELLING.resume_payouts()[1], "accounts.seller.payouts_resumed.v1", {"seller_id": SID}),
    (
        SELLING.sign(a_mandate())[1],
        "accounts.seller.mandate_renewed.v1",
        {"seller_id": SID, "mandate_version": "2026-11-01"},
    ),
    (
        SELLER.approve()[0].offboard(OffboardingReason.OWN_WISH)[1],
        "accounts.seller.offboarded.v1",
        {"seller_id": SID, "reason": "own_wish"},
    ),
    (
        events.SellerSuspended(aggregate_id=SELLER.id, seq=4, reason="compliance", has_mandate=True),
        "accounts.seller.suspended.v1",
        {"seller_id": SID, "reason": "compliance", "has_mandate": True},
    ),
]


@pytest.mark.parametrize(("event", "type", "data"), SHAPES)
def test_a_fact_has_its_public_shape(event: DomainEvent, type: str, data: dict[str, object]) -> None:
    public = outbound(event)
    assert (public.type, public.data) == (type, data)
    assert (public.aggregate_id, public.seq) == (event.aggregate_id, event.seq)
    assert public.topic in TOPICS


def test_every_fact_of_the_service_is_shown_above() -> None:
    facts = {kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, DomainEvent)}
    assert facts - {DomainEvent} == {type(event) for event, _, _ in SHAPES}


def test_nothing_personal_is_public() -> None:
    text = json.dumps([outbound(event).data for event, _, _ in SHAPES])
    for personal in (
        USER.email,
        USER.name,
        INVITATION.email,
        COMPANY.legal_name,
        SELLER.payout_iban,
        "Camille",
        "rue de la Paix",
    ):
        assert personal not in text


def test_a_fact_without_a_public_shape_is_a_mistake() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Whatever(DomainEvent):
        """Nobody has decided how to show it."""

    with pytest.raises(AssertionError):
        outbound(Whatever(aggregate_id=new_id(), seq=1))


def test_accounts_reads_nobody_elses_topics() -> None:
    assert handlers() == {}
