"""Domain events become public messages here, and only here; nothing personal ever passes."""

from typing import Any

from accounts.domain import events
from chassis.db.outbox import PublicEvent
from chassis.kernel.audit_log import EntryRecorded, anchor
from chassis.kernel.events import DomainEvent

COMPANY = "accounts.company"
SELLER = "accounts.seller"
REVOCATION = "accounts.revocation"
ERASURE = "accounts.erasure"
AUDIT_LOG = "accounts.audit_log"
TOPICS = (COMPANY, SELLER, REVOCATION, ERASURE, AUDIT_LOG)


def outbound(event: DomainEvent) -> PublicEvent:
    """The public shape of a fact."""
    match event:
        case events.CompanyRegistered():
            data: dict[str, Any] = {"kind": event.kind, "market": event.market, "user_id": str(event.user_id)}
            return _company("registered", event, data)
        case events.CompanyActivated():
            return _company("activated", event, {"kind": event.kind, "market": event.market})
        case events.CompanyChanged():
            data = {"what": list(event.what), "user_id": str(event.user_id) if event.user_id else None}
            invited = {"invitation_id": str(event.invitation_id)} if event.invitation_id else {}
            return _company("changed", event, data | invited)
        case events.CompanyClosing():
            return _company("closing", event, {"reason": event.reason, "erase": event.erase})
        case events.CompanyReopened():
            return _company("reopened", event, {"open": [vars(one) for one in event.open]})
        case events.CompanyClosed():
            return _company("closed", event, {})
        case events.CompanyErased():
            return _company("erased", event, {})
        case events.SignInRevoked():
            return _revocation("revoked", event)
        case events.SellerSubmitted():
            return _seller("submitted", event, {"markets": list(event.markets)})
        case events.SellerApproved():
            return _seller("approved", event, {})
        case events.SellerRejected():
            return _seller("rejected", event, {"reason": event.reason})
        case events.SellerActivated():
            places = {"markets": list(event.markets), "ship_from": list(event.ship_from)}
            return _seller("activated", event, places | {"mandate_version": event.mandate_version})
        case events.SellerSuspended():
            return _seller("suspended", event, {"reason": event.reason, "has_mandate": event.has_mandate})
        case events.SellerReviewStarted():
            return _seller("review_started", event, {})
        case events.SellerInfoRequested():
            return _seller("info_requested", event, {"reason": event.reason})
        case events.SellerReminded():
            return _seller("reminded", event, {"reason": event.reason})
        case events.SellerInfoGiven():
            return _seller("info_given", event, {})
        case events.SellerDrafted():
            return _seller("drafted", event, {})
        case events.SellerChanged():
            return _seller("changed", event, {"what": list(event.what), "ship_from": list(event.ship_from)})
        case events.SellerRequirementRaised():
            data = {
                "requirement": event.requirement,
                "subject": event.subject,
                "why": event.why,
                "due_on": event.due_on.isoformat() if event.due_on else None,
            }
            return _seller("requirement_raised", event, data)
        case events.SellerPayoutsHeld():
            return _seller("payouts_held", event, {"reason": event.reason})
        case events.SellerPayoutsResumed():
            return _seller("payouts_resumed", event, {})
        case events.SellerMandateRenewed():
            return _seller("mandate_renewed", event, {"mandate_version": event.mandate_version})
        case events.SellerOffboarded():
            return _seller("offboarded", event, {"reason": event.reason})
        case events.ErasureRequested():
            user_id = str(event.user_id) if event.user_id else None
            return _erasure("requested", event, {"company_id": str(event.company_id), "user_id": user_id})
        case events.ErasureConfirmed():
            return _erasure("confirmed", event, {"holder": event.holder, "waits_for": list(event.waits_for)})
        case events.ErasureCompleted():
            return _erasure("completed", event, {"holder": event.holder})
        case EntryRecorded():
            return _public(AUDIT_LOG, "recorded", event, anchor(event))
    raise AssertionError(f"{type(event).__name__} has no public shape")


def _company(name: str, event: DomainEvent, data: dict[str, Any]) -> PublicEvent:
    return _public(COMPANY, name, event, {"company_id": str(event.aggregate_id), **data})


def _seller(name: str, event: DomainEvent, data: dict[str, Any]) -> PublicEvent:
    return _public(SELLER, name, event, {"seller_id": str(event.aggregate_id), **data})


def _erasure(name: str, event: DomainEvent, data: dict[str, Any]) -> PublicEvent:
    return _public(ERASURE, name, event, {"erasure_id": str(event.aggregate_id), **data})


def _revocation(name: str, event: events.SignInRevoked) -> PublicEvent:
    data = {
        "revocation_id": str(event.aggregate_id),
        "kind": str(event.kind),
        "subject_id": str(event.subject_id),
        "revoked_at": event.revoked_at.isoformat().replace("+00:00", "Z"),
    }
    return _public(REVOCATION, name, event, data)


def _public(topic: str, name: str, event: DomainEvent, data: dict[str, Any]) -> PublicEvent:
    return PublicEvent(
        topic=topic, type=f"{topic}.{name}.v1", aggregate_id=event.aggregate_id, seq=event.seq, data=data
    )
