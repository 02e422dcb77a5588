"""Every public write of the platform, one row each: who may, what an honest request looks like, who may not."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest

from regrade.demo import BUYER
from tests.journeys.prey import NEW_SELLER, NEWCOMER, PENDING, Prey, application, seller_application

NOBODY = "019aa000-0000-7000-8000-000000000000"
MEGABYTE = 1024 * 1024
JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}

_PROGRAMS = ("buyer's program", "seller's program", "auditor")
_NOT_OPERATOR = ("buyer", "seller", "auditor")
_NOT_BUYER = ("seller", "operator", "auditor")
_NOT_SELLER = ("buyer", "operator", "auditor")


@dataclass(frozen=True)
class Door:
    """One public write.

    `who` may use it (None = open to everybody), `scope` is what the others lack. `ids` fills the path with things of
    `who` that are there. `body` is a JSON body that would be accepted, `changed` a field of it under another value.
    `keyed` says that it needs an Idempotency-Key. `honest` is the status of the honest request; where nothing is to be
    changed by the test the ids lead to a refusal, whose code is `verdict`. `headers` go with every request.
    """

    service: str
    method: str
    template: str
    who: str | None = None
    scope: str | None = None
    strangers: tuple[str, ...] = ()
    ids: Callable[[Prey], Mapping[str, str]] = field(default=lambda prey: {})
    body: Callable[[Prey], dict[str, Any]] | None = None
    changed: Mapping[str, Any] = field(default_factory=dict)
    keyed: bool = True
    honest: int = 201
    verdict: str | None = None
    repeat_ids: Callable[[Prey], Mapping[str, str]] | None = None
    body_max_bytes: int = MEGABYTE
    headers: Mapping[str, str] = field(default_factory=dict)
    # Where the body is NDJSON: what would be accepted, and something else that would be.
    lines: Callable[[Prey], bytes] | None = None
    other_lines: Callable[[Prey], bytes] | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    def path(self, prey: Prey) -> str:
        """The path to something that is there."""
        return self.template.format(**self.ids(prey))

    def repeat_path(self, prey: Prey) -> str:
        """The path for the test that repeats a request."""
        return self.template.format(**(self.repeat_ids or self.ids)(prey))


def _applicant(prey: Prey) -> Mapping[str, str]:
    return {"seller_id": prey.applicant_id}


def _admitted(prey: Prey) -> Mapping[str, str]:
    return {"seller_id": prey.world.sellers[0].company_id}


def _unpaid(prey: Prey) -> Mapping[str, str]:
    return {"order_id": prey.unpaid}


def _paid(prey: Prey) -> Mapping[str, str]:
    order = prey.world.buyer.caller.get(f"/v1/orders/{prey.completed}")
    return {"payment_id": order["payment"]["payment_id"]}


def _arrived(prey: Prey) -> Mapping[str, str]:
    order = prey.world.buyer.caller.get(f"/v1/orders/{prey.completed}")
    return {"order_id": order["id"], "shipment_id": order["seller_orders"][0]["shipments"][0]["id"]}


def _to_ship(prey: Prey) -> Mapping[str, str]:
    return {"seller_order_id": prey.to_ship["id"]}


def _a_cart(prey: Prey) -> dict[str, Any]:
    """Under a name that no other one has."""
    return {"name": f"Cart {uuid4().hex}", "lines": [{"offer_id": prey.offer["id"], "quantity": 1}]}


def _nobodys_seller_order(prey: Prey) -> Mapping[str, str]:
    return {"seller_order_id": NOBODY}


# A version that nothing ever has: the edit is understood, and refused.
_SEEN_LONG_AGO: dict[str, Any] = {"headers": {"If-Match": '"v999999"'}, "honest": 412, "verdict": "stale_version"}
_OPERATORS: dict[str, Any] = {"who": "operator", "scope": "operator:companies", "strangers": _NOT_OPERATOR}
_TRUST: dict[str, Any] = {**_OPERATORS, "scope": "operator:sellers"}
_FINANCE: dict[str, Any] = {**_OPERATORS, "scope": "operator:money"}
_CONTEST_DECISIONS: tuple[tuple[str, Callable[[Prey], dict[str, Any]]], ...] = (
    ("upholding", lambda prey: {"answer": "You are right."}),
    ("dismissal", lambda prey: {"reason": "document_is_right", "answer": "It is right."}),
)
_ENGINEERS: dict[str, Any] = {**_OPERATORS, "scope": "operator:events"}
_SELLERS: dict[str, Any] = {"who": "seller", "scope": "seller_orders:write", "strangers": _NOT_SELLER}
# An operator may do either party's part.
_CASE_BUYERS: dict[str, Any] = {"who": "buyer", "scope": "orders:write", "strangers": ("seller", "auditor")}
_CASE_SELLERS: dict[str, Any] = {"who": "seller", "scope": "seller_orders:write", "strangers": ("buyer", "auditor")}
_STOCK_KEEPERS: dict[str, Any] = {"who": "seller", "scope": "stock:write", "strangers": _NOT_SELLER}
_NO_IMPORT: dict[str, Any] = {"ids": lambda prey: {"import_id": NOBODY}, "honest": 404, "verdict": "import_not_found"}
_NO_CASE: dict[str, Any] = {"ids": lambda prey: {"case_id": NOBODY}, "honest": 404, "verdict": "case_not_found"}
_QUOTE_BUYERS: dict[str, Any] = {"who": "buyer", "scope": "orders:write", "strangers": _NOT_BUYER}
_CART_BUYERS: dict[str, Any] = {"who": "buyer", "scope": "orders:write", "strangers": _NOT_BUYER}
_NO_CART: dict[str, Any] = {"ids": lambda prey: {"cart_id": NOBODY}, "honest": 404, "verdict": "cart_not_found"}
_NO_QUOTE: dict[str, Any] = {
    "ids": lambda prey: {"quote_request_id": NOBODY},
    "honest": 404,
    "verdict": "quote_request_not_found",
}
_QUOTE_STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("round-closure", {}),
    ("rounds", {"body": lambda prey: {"answer_business_days": 2}, "changed": {"answer_business_days": 3}}),
    (
        "award",
        {
            "body": lambda prey: {"lines": [{"bid_id": NOBODY, "place": 1, "quantity": 1}]},
            "changed": {"lines": [{"bid_id": NOBODY, "place": 1, "quantity": 2}]},
        },
    ),
    ("award/withdrawal", {}),
    ("declination", {}),
    ("withdrawal", {}),
)
_OWNERS: dict[str, Any] = {"who": "buyer", "scope": "account:write", "strangers": _PROGRAMS}
# No key has it, however much it may do.
_PERSONS: dict[str, Any] = {"who": "rival", "scope": "self", "strangers": ("operator", *_PROGRAMS)}
_PROOF = {"password": "a password long enough", "code": "123456"}
# By several people: whoever gives a wrong password five times is held up.
_FACTOR_CHANGES: tuple[tuple[str, str, Callable[[Prey], dict[str, Any]]], ...] = (
    ("authenticator", "rival", lambda prey: {"password": "a password long enough"}),
    ("authenticator/removal", "other seller", lambda prey: _PROOF),
    ("recovery-codes", "other seller", lambda prey: _PROOF),
    (
        "passkey-challenges",
        "applicant",
        lambda prey: {"password": "a password long enough", "purpose": "registration"},
    ),
    ("passkeys/{passkey_id}/removal", "applicant", lambda prey: _PROOF),
)
# As a browser would send them, made of nothing.
_ASSERTION: dict[str, Any] = {
    "id": "AAAA",
    "rawId": "AAAA",
    "type": "public-key",
    "response": {"clientDataJSON": "AAAA", "authenticatorData": "AAAA", "signature": "AAAA"},
}
_CREATION: dict[str, Any] = {
    "id": "AAAA",
    "rawId": "AAAA",
    "type": "public-key",
    "response": {"clientDataJSON": "AAAA", "attestationObject": "AAAA"},
}
_NO_INVITATION: dict[str, Any] = {
    "ids": lambda prey: {"invitation_id": NOBODY},
    "honest": 404,
    "verdict": "invitation_not_found",
}
_APPLICANTS: dict[str, Any] = {"who": "applicant", "scope": "account:write", "strangers": _PROGRAMS}
_DECIDED: dict[str, Any] = {"honest": 409, "verdict": "seller_state"}
_NO_DOCUMENT: dict[str, Any] = {
    "ids": lambda prey: {"seller_id": NOBODY, "document_id": NOBODY},
    "honest": 404,
    "verdict": "document_not_found",
}
_NO_REQUEST: dict[str, Any] = {
    "ids": lambda prey: {"request_id": NOBODY},
    "honest": 404,
    "verdict": "change_request_not_found",
}
_CASE_STEPS: tuple[tuple[str, dict[str, Any], Callable[[Prey], dict[str, Any]] | None, dict[str, Any]], ...] = (
    ("withdrawal", _CASE_BUYERS, None, {}),
    ("dispatch", _CASE_BUYERS, lambda prey: {"tracking_number": "RET1"}, {"tracking_number": "RET2"}),
    ("receipt", _CASE_SELLERS, None, {}),
    ("inspection", _CASE_SELLERS, lambda prey: {"finding": "defect_confirmed"}, {"finding": "account_locked"}),
    ("remedy", _CASE_SELLERS, lambda prey: {"remedy": "repair"}, {"remedy": "replacement"}),
    ("resolution", _CASE_SELLERS, lambda prey: {"tracking_number": "BACK1"}, {"tracking_number": "BACK2"}),
    ("impossibility", _CASE_SELLERS, lambda prey: {"reason": "no_part"}, {"reason": "no_stock"}),
)

DOORS = (
    Door(
        "accounts",
        "POST",
        "/v1/companies",
        body=lambda prey: application(NEWCOMER),
        changed={"legal_name": "Another SAS"},
    ),
    Door(
        "accounts",
        "POST",
        "/v1/sellers",
        body=lambda prey: seller_application(NEW_SELLER),
        changed={"legal_name": "Another SAS"},
    ),
    Door(
        "accounts",
        "POST",
        "/v1/activations",
        body=lambda prey: {"token": prey.activation_token, "password": "a password long enough"},
        keyed=False,
    ),
    Door("accounts", "POST", "/v1/activation-mails", body=lambda prey: {"email": PENDING.email}, keyed=False),
    Door("accounts", "POST", "/v1/password-resets", body=lambda prey: {"email": prey.rival.email}, keyed=False),
    Door(
        "accounts",
        "POST",
        "/v1/passwords",
        body=lambda prey: {"token": "made up", "password": "a password long enough"},
        keyed=False,
        honest=422,
        verdict="password_link_invalid",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/sessions",
        body=lambda prey: {"email": prey.rival.email, "password": prey.rival.password},
        keyed=False,
    ),
    Door(
        "accounts",
        "POST",
        "/v1/sessions/refresh",
        body=lambda prey: {"refresh_token": "made up"},
        keyed=False,
        honest=401,
        verdict="refresh_token_refused",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/sessions/second-factor",
        body=lambda prey: {"challenge": "made up", "code": "123456"},
        keyed=False,
        honest=401,
        verdict="challenge_refused",
    ),
    Door("accounts", "POST", "/v1/sessions/passkey-challenges", keyed=False),
    Door(
        "accounts",
        "POST",
        "/v1/sessions/passkey",
        body=lambda prey: {"challenge": "made up", "passkey": _ASSERTION},
        keyed=False,
        honest=401,
        verdict="challenge_refused",
    ),
    # Nobody's password is given here, so nothing is changed.
    *(
        Door(
            "accounts",
            "POST",
            f"/v1/me/{path}",
            **{**_PERSONS, "who": who},
            ids=lambda prey: {"passkey_id": NOBODY},
            body=body,
            keyed=False,
            honest=403,
            verdict="password_wrong",
        )
        for path, who, body in _FACTOR_CHANGES
    ),
    Door(
        "accounts",
        "POST",
        "/v1/me/authenticator/confirmation",
        **_PERSONS,
        body=lambda prey: {"code": "123456"},
        keyed=False,
        honest=409,
        verdict="authenticator_state",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/me/passkeys",
        **_PERSONS,
        body=lambda prey: {"challenge": "made up", "passkey": _CREATION, "name": "Telephone"},
        keyed=False,
        honest=403,
        verdict="challenge_refused",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/operator/people/{user_id}/second-factor-removal",
        **_OPERATORS,
        ids=lambda prey: {"user_id": NOBODY},
        honest=404,
        verdict="user_not_found",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/email-changes",
        body=lambda prey: {"token": "made up", "password": "a password long enough"},
        keyed=False,
        honest=422,
        verdict="email_link_invalid",
    ),
    # The password is not the rival's, so nothing is changed.
    Door(
        "accounts",
        "POST",
        "/v1/me/email-changes",
        **_PERSONS,
        body=lambda prey: {"email": "new@address.example", "password": "a password long enough"},
        keyed=False,
        honest=403,
        verdict="password_wrong",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/me/erasure",
        **_PERSONS,
        body=lambda prey: {"password": "a password long enough"},
        keyed=False,
        honest=403,
        verdict="password_wrong",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/company/closure",
        **_PERSONS,
        body=lambda prey: {"password": "a password long enough"},
        keyed=False,
        headers={"If-Match": '"v999999"'},
        honest=403,
        verdict="password_wrong",
    ),
    Door("accounts", "POST", "/v1/me/exports", **_PERSONS, honest=202),
    Door("accounts", "POST", "/v1/company/exports", **_PERSONS, honest=202),
    *(
        Door(
            "accounts",
            "POST",
            f"/v1/operator/email-changes/{{change_id}}/{decision}",
            **_OPERATORS,
            ids=lambda prey: {"change_id": NOBODY},
            honest=404,
            verdict="email_change_not_found",
        )
        for decision in ("approval", "rejection")
    ),
    # The rival is signed in nowhere else, so nobody who is needed later is signed out.
    Door("accounts", "DELETE", "/v1/me/sessions", **_PERSONS, honest=204),
    Door(
        "accounts",
        "DELETE",
        "/v1/me/sessions/{session_id}",
        **_PERSONS,
        ids=lambda prey: {"session_id": NOBODY},
        honest=404,
        verdict="session_not_found",
    ),
    # Its bodies and refusals are those of RFC 6749, so it has tests of its own.
    Door("accounts", "POST", "/v1/oauth/token", keyed=False),
    Door(
        "accounts",
        "POST",
        "/v1/api-keys",
        who="buyer",
        scope="account:write",
        strangers=_PROGRAMS,
        body=lambda prey: {"name": "attack", "scopes": ["orders:read"]},
        changed={"name": "another"},
    ),
    Door(
        "accounts",
        "POST",
        "/v1/api-keys/{key_id}/rotation",
        who="buyer",
        scope="account:write",
        strangers=_PROGRAMS,
        ids=lambda prey: {"key_id": NOBODY},
        body=lambda prey: {"overlap_hours": 24},
        changed={"overlap_hours": 48},
        honest=404,
        verdict="api_key_not_found",
    ),
    Door(
        "accounts",
        "DELETE",
        "/v1/api-keys/{key_id}",
        who="buyer",
        scope="account:write",
        strangers=_PROGRAMS,
        ids=lambda prey: {"key_id": prey.api_key_id},
        repeat_ids=lambda prey: {"key_id": NOBODY},
        honest=404,
        verdict="api_key_not_found",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/sellers/me/mandate",
        who="applicant",
        scope="account:write",
        strangers=_PROGRAMS,
        body=lambda prey: {"version": _mandate_version(prey), "accepted": True, "signatory": "Direction"},
        changed={"signatory": "Somebody else"},
        honest=409,
        verdict="seller_state",
    ),
    Door(
        "accounts",
        "PATCH",
        "/v1/sellers/me",
        **_APPLICANTS,
        body=lambda prey: {"payout_holder": "Somebody"},
        changed={"payout_holder": "Somebody else"},
        honest=403,
        verdict="support_only",
    ),
    Door("accounts", "POST", "/v1/sellers/me/submission", **_APPLICANTS, **_DECIDED),
    Door("accounts", "POST", "/v1/sellers/me/mandate-revocation", **_APPLICANTS, **_DECIDED),
    Door(
        "accounts",
        "POST",
        "/v1/sellers/me/documents",
        **_APPLICANTS,
        honest=422,
        verdict="file_type_refused",
        body_max_bytes=10 * MEGABYTE,
    ),
    Door(
        "accounts",
        "POST",
        "/v1/operator/sellers/{seller_id}/documents/{document_id}/acceptance",
        **_TRUST,
        **_NO_DOCUMENT,
        body=lambda prey: {"valid_until": "2099-12-31"},
        changed={"valid_until": "2099-12-30"},
    ),
    Door(
        "accounts",
        "POST",
        "/v1/operator/sellers/{seller_id}/documents/{document_id}/refusal",
        **_TRUST,
        **_NO_DOCUMENT,
        body=lambda prey: {"reason": "unreadable", "next_step": "Scan it again."},
        changed={"next_step": "Scan it once more."},
    ),
    Door(
        "accounts",
        "POST",
        "/v1/operator/sellers/{seller_id}/tax-data-requests",
        **_TRUST,
        ids=lambda prey: {"seller_id": NOBODY},
        honest=404,
        verdict="seller_not_found",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/operator/sellers/{seller_id}/approval",
        **_TRUST,
        ids=_applicant,
        repeat_ids=_admitted,
        honest=409,
        verdict="seller_state",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/operator/sellers/{seller_id}/rejection",
        **_TRUST,
        ids=_applicant,
        repeat_ids=_admitted,
        body=lambda prey: {"reason": "documents_missing", "next_step": "Send the extract of the register."},
        changed={"next_step": "Send it again."},
        honest=409,
        verdict="seller_state",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/sellers/me/information",
        who="applicant",
        scope="account:write",
        strangers=_PROGRAMS,
        body=lambda prey: {"answer": "Here it is."},
        changed={"answer": "Here it is again."},
        honest=409,
        verdict="seller_state",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/operator/sellers/{seller_id}/review",
        **_TRUST,
        ids=_admitted,
        honest=409,
        verdict="seller_state",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/operator/sellers/{seller_id}/information-requests",
        **_TRUST,
        ids=_admitted,
        body=lambda prey: {"reason": "numbers_wrong", "next_step": "Give us another IBAN."},
        changed={"next_step": "Give us another one."},
        honest=409,
        verdict="seller_state",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/operator/sellers/{seller_id}/offboarding",
        **_TRUST,
        ids=_applicant,
        body=lambda prey: {"reason": "compliance"},
        changed={"reason": "own_wish"},
        honest=409,
        verdict="seller_state",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/operator/sellers/{seller_id}/suspension",
        **_TRUST,
        ids=_admitted,
        repeat_ids=_applicant,
        body=lambda prey: {"reason": "service_level"},
        changed={"reason": "compliance"},
        honest=409,
        verdict="seller_state",
    ),
    Door(
        "accounts",
        "DELETE",
        "/v1/operator/sellers/{seller_id}/suspension",
        **_TRUST,
        ids=_admitted,
        honest=409,
        verdict="seller_state",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/operator/companies/{company_id}/closure",
        **_OPERATORS,
        ids=lambda prey: {"company_id": prey.rival.company_id},
        repeat_ids=lambda prey: {"company_id": NOBODY},
        honest=404,
        verdict="company_not_found",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/operator/companies/{company_id}/erasure",
        **_OPERATORS,
        ids=lambda prey: {"company_id": prey.rival.company_id},
        repeat_ids=lambda prey: {"company_id": NOBODY},
        honest=404,
        verdict="company_not_found",
    ),
    Door(
        "accounts",
        "PATCH",
        "/v1/company",
        who="buyer",
        scope="account:write",
        strangers=_PROGRAMS,
        body=lambda prey: {"legal_name": "Another SAS"},
        changed={"legal_name": "Yet Another SAS"},
        **_SEEN_LONG_AGO,
    ),
    Door(
        "accounts",
        "PUT",
        "/v1/company/purchasing-rules",
        who="buyer",
        scope="account:write",
        strangers=_PROGRAMS,
        body=lambda prey: {"po_number_required": True},
        changed={"po_number_required": False},
        **_SEEN_LONG_AGO,
    ),
    Door(
        "accounts",
        "POST",
        "/v1/company/change-requests",
        who="buyer",
        scope="account:write",
        strangers=_PROGRAMS,
        body=lambda prey: {"change": {"country": "IT"}, "note": "We are moving."},
        changed={"note": "We are moving on."},
        honest=422,
        verdict="country_cannot_change",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/company/change-requests/{request_id}/withdrawal",
        who="buyer",
        scope="account:write",
        strangers=_PROGRAMS,
        **_NO_REQUEST,
    ),
    Door(
        "accounts",
        "PUT",
        "/v1/company/people/{user_id}/role",
        **_OWNERS,
        ids=lambda prey: {"user_id": NOBODY},
        body=lambda prey: {"role": "accountant"},
        changed={"role": "owner"},
        honest=404,
        verdict="user_not_found",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/company/people/{user_id}/deactivation",
        **_OWNERS,
        ids=lambda prey: {"user_id": NOBODY},
        honest=404,
        verdict="user_not_found",
    ),
    Door(
        "accounts",
        "POST",
        "/v1/company/invitations",
        **_OWNERS,
        body=lambda prey: {"email": "kim@atelier.example", "name": "Kim", "role": "stock"},
        changed={"name": "Bo"},
        honest=422,
        verdict="role_unknown",
    ),
    Door("accounts", "POST", "/v1/company/invitations/{invitation_id}/mails", **_OWNERS, **_NO_INVITATION),
    Door("accounts", "POST", "/v1/company/invitations/{invitation_id}/withdrawal", **_OWNERS, **_NO_INVITATION),
    Door(
        "accounts",
        "POST",
        "/v1/invitation-acceptances",
        body=lambda prey: {"token": "made up", "password": "a password long enough"},
        keyed=False,
        honest=422,
        verdict="invitation_link_invalid",
    ),
    Door(
        "accounts",
        "PATCH",
        "/v1/operator/companies/{company_id}",
        **_OPERATORS,
        ids=lambda prey: {"company_id": prey.rival.company_id},
        body=lambda prey: {"legal_name": "Another SAS"},
        changed={"legal_name": "Yet Another SAS"},
        **_SEEN_LONG_AGO,
    ),
    Door("accounts", "POST", "/v1/operator/change-requests/{request_id}/approval", **_OPERATORS, **_NO_REQUEST),
    Door(
        "orders",
        "PUT",
        "/v1/operator/buyers/{company_id}/trust",
        **_OPERATORS,
        ids=lambda prey: {"company_id": prey.rival.company_id},
        body=lambda prey: {"tier": "trusted", "reason": "Pays within two days"},
        changed={"reason": "Pays within three days"},
        honest=200,
    ),
    Door(
        "accounts",
        "POST",
        "/v1/operator/change-requests/{request_id}/rejection",
        **_OPERATORS,
        **_NO_REQUEST,
        body=lambda prey: {"reason": "proof_missing", "next_step": "Send the extract of the register."},
        changed={"next_step": "Send it again."},
    ),
    # Its body is NDJSON, so it has tests of its own beside the common ones.
    Door(
        "catalog",
        "PATCH",
        "/v1/seller/offers",
        who="seller",
        scope="stock:write",
        strangers=_NOT_SELLER,
        honest=200,
        body_max_bytes=10 * MEGABYTE,
        lines=lambda prey: push_body(prey),
        other_lines=lambda prey: push_body(prey, quantity=1),
    ),
    Door(
        "catalog",
        "POST",
        "/v1/quote-requests",
        who="buyer",
        scope="orders:write",
        strangers=_NOT_BUYER,
        body=lambda prey: {
            "lines": [{"category": "smartphone", "model": "Apple iPhone 13", "quantity": 30}],
            "note": "For a new office",
        },
        changed={"note": "For two new offices"},
    ),
    *(
        Door("catalog", "POST", f"/v1/quote-requests/{{quote_request_id}}/{step}", **_QUOTE_BUYERS, **_NO_QUOTE, **more)
        for step, more in _QUOTE_STEPS
    ),
    Door(
        "catalog",
        "PUT",
        "/v1/quote-requests/{quote_request_id}/bid",
        who="seller",
        scope="stock:write",
        strangers=_NOT_SELLER,
        **_NO_QUOTE,
        body=lambda prey: {
            "lines": [{"line_no": 1, "offer_id": prey.offer["id"], "quantity": 1, "unit_price": 100}],
            "note": "Ready to leave",
        },
        changed={"note": "Almost ready to leave"},
    ),
    Door(
        "catalog",
        "POST",
        "/v1/quote-requests/{quote_request_id}/bids/{bid_id}/withdrawal",
        who="seller",
        scope="stock:write",
        strangers=_NOT_SELLER,
        ids=lambda prey: {"quote_request_id": NOBODY, "bid_id": NOBODY},
        honest=404,
        verdict="bid_not_found",
    ),
    Door(
        "catalog",
        "PATCH",
        "/v1/seller/units",
        who="seller",
        scope="stock:write",
        strangers=_NOT_SELLER,
        honest=200,
        body_max_bytes=10 * MEGABYTE,
        lines=lambda prey: unit_line(prey),
        other_lines=lambda prey: unit_line(prey, battery_cycles=99),
    ),
    Door(
        "catalog",
        "PATCH",
        "/v1/operator/products/{product_id}",
        **{**_TRUST, **_SEEN_LONG_AGO},
        ids=lambda prey: {"product_id": product_of(prey)},
        body=lambda prey: {"color": "Midnight"},
        changed={"color": "Red"},
    ),
    *(
        Door(
            "catalog",
            "POST",
            f"/v1/operator/products/{{product_id}}/{act}",
            **_TRUST,
            ids=lambda prey: {"product_id": NOBODY},
            body=body,
            changed=changed,
            honest=404,
            verdict="product_not_found",
        )
        for act, body, changed in (
            ("confirmation", None, {}),
            ("merge", lambda prey: {"into": NOBODY}, {"reason": "The same device."}),
        )
    ),
    # Its body is a table; without one it is refused.
    Door(
        "catalog",
        "POST",
        "/v1/seller/imports",
        **_STOCK_KEEPERS,
        honest=422,
        verdict="file_empty",
        body_max_bytes=10 * MEGABYTE,
    ),
    Door(
        "catalog",
        "POST",
        "/v1/seller/imports/{import_id}/confirmation",
        **_STOCK_KEEPERS,
        **_NO_IMPORT,
        body=lambda prey: {"offers_going_offline": 12},
        changed={"offers_going_offline": 13},
    ),
    Door("catalog", "POST", "/v1/seller/imports/{import_id}/cancellation", **_STOCK_KEEPERS, **_NO_IMPORT),
    Door(
        "orders",
        "POST",
        "/v1/orders",
        who="buyer",
        scope="orders:write",
        strangers=_NOT_BUYER,
        body=lambda prey: prey.order(),
        changed={"buyer_reference": "another"},
        headers={"Prefer": "wait=30"},
    ),
    Door(
        "orders",
        "POST",
        "/v1/carts",
        **_CART_BUYERS,
        body=_a_cart,
        changed={"note": "another"},
    ),
    Door(
        "orders",
        "PUT",
        "/v1/carts/{cart_id}",
        **_CART_BUYERS,
        **_NO_CART,
        headers={"If-Match": '"v1"'},
        body=_a_cart,
        changed={"note": "another"},
    ),
    Door("orders", "DELETE", "/v1/carts/{cart_id}", **_CART_BUYERS, **_NO_CART),
    Door(
        "orders",
        "POST",
        "/v1/orders/{order_id}/cancellation",
        who="buyer",
        scope="orders:write",
        strangers=_NOT_BUYER,
        ids=_unpaid,
        repeat_ids=lambda prey: {"order_id": prey.completed},
        honest=409,
        verdict="order_move_refused",
    ),
    Door(
        "orders",
        "POST",
        "/v1/orders/{order_id}/address-changes",
        who="buyer",
        scope="orders:write",
        strangers=_NOT_BUYER,
        ids=lambda prey: {"order_id": prey.completed},
        body=lambda prey: {"deliver_to": prey.order()["deliver_to"]},
        changed={"deliver_to": {**BUYER.deliver_to(), "street": "1 quai Nord"}},
        honest=409,
        verdict="address_already_shipped",
    ),
    Door(
        "orders",
        "POST",
        "/v1/seller/orders/{seller_order_id}/address-change",
        ids=_to_ship,
        body=lambda prey: {"decision": "accept"},
        changed={"decision": "refuse"},
        honest=409,
        verdict="seller_order_move_refused",
        **_SELLERS,
    ),
    Door(
        "orders",
        "POST",
        "/v1/orders/{order_id}/cancellation-requests",
        who="buyer",
        scope="orders:write",
        strangers=_NOT_BUYER,
        ids=_unpaid,
        repeat_ids=lambda prey: {"order_id": prey.completed},
        body=lambda prey: {"seller_order_id": None},
        changed={"seller_order_id": NOBODY},
        honest=409,
        verdict="nothing_to_cancel",
    ),
    Door(
        "orders",
        "POST",
        "/v1/orders/{order_id}/shipments/{shipment_id}/redelivery",
        who="buyer",
        scope="orders:write",
        strangers=_NOT_BUYER,
        ids=_arrived,
        honest=409,
        verdict="shipment_move_refused",
    ),
    Door(
        "orders",
        "POST",
        "/v1/orders/{order_id}/approval",
        who="buyer",
        scope="orders:approve",
        strangers=_NOT_BUYER,
        ids=_unpaid,
        repeat_ids=lambda prey: {"order_id": prey.completed},
        body=lambda prey: {"decision": "approve"},
        changed={"comment": "another"},
        honest=409,
        verdict="order_move_refused",
    ),
    Door(
        "payments",
        "POST",
        "/v1/payments/{payment_id}/card_payments",
        who="buyer",
        scope="orders:write",
        strangers=_NOT_BUYER,
        ids=_paid,
        honest=409,
        verdict="payment_not_open",
    ),
    Door(
        "orders",
        "POST",
        "/v1/seller/orders/{seller_order_id}/acceptance",
        **_SELLERS,
        ids=_to_ship,
        honest=409,
        verdict="seller_order_move_refused",
    ),
    Door(
        "orders",
        "POST",
        "/v1/seller/orders/{seller_order_id}/cancellation",
        **_SELLERS,
        ids=_to_ship,
        body=lambda prey: {"reason": "price_error"},
        changed={"reason": "deadline"},
        honest=422,
        verdict="cancellation_reason_not_accepted",
    ),
    Door(
        "orders",
        "POST",
        "/v1/seller/orders/{seller_order_id}/cancellation-decision",
        **_SELLERS,
        ids=_to_ship,
        body=lambda prey: {"decision": "decline"},
        changed={"decision": "accept"},
        honest=409,
        verdict="cancellation_not_asked",
    ),
    Door(
        "orders",
        "POST",
        "/v1/seller/orders/{seller_order_id}/delay",
        **_SELLERS,
        ids=_to_ship,
        body=lambda prey: {"reason": "other", "expected_on": "2001-01-01"},
        changed={"reason": "busy_period"},
        honest=422,
        verdict="delay_ends_in_the_past",
    ),
    # Its body is a table too.
    Door(
        "orders",
        "POST",
        "/v1/seller/shipments",
        **_SELLERS,
        headers={"Content-Type": "text/csv"},
        honest=422,
        verdict="parcel_table_unreadable",
    ),
    Door(
        "orders",
        "POST",
        "/v1/seller/orders/{seller_order_id}/shipments",
        **_SELLERS,
        ids=_to_ship,
        repeat_ids=_nobodys_seller_order,
        body=lambda prey: prey.parcel(),
        changed={"tracking_number": "ANOTHER1"},
        honest=404,
        verdict="seller_order_not_found",
    ),
    Door(
        "aftersales",
        "POST",
        "/v1/cases",
        **_CASE_BUYERS,
        body=lambda prey: {"order_id": prey.completed, "unit": "not-a-device", "defect": "other"},
        changed={"unit": "another"},
        honest=404,
        verdict="unknown_unit",
    ),
    *(
        Door("aftersales", "POST", f"/v1/cases/{{case_id}}/{step}", **who, **_NO_CASE, body=body, changed=changed)
        for step, who, body, changed in _CASE_STEPS
    ),
    Door(
        "payments",
        "POST",
        "/v1/seller/invoices/{invoice_id}/contest",
        who="seller",
        scope="invoices:contest",
        strangers=_NOT_SELLER,
        ids=lambda prey: {"invoice_id": NOBODY},
        body=lambda prey: {"reason": "buyer_data", "says": "The buyer is called otherwise."},
        changed={"says": "The buyer is called quite otherwise."},
        honest=404,
        verdict="invoice_not_found",
    ),
    *(
        Door(
            "payments",
            "POST",
            f"/v1/operator/invoice-contests/{{contest_id}}/{decision}",
            **_FINANCE,
            ids=lambda prey: {"contest_id": NOBODY},
            body=body,
            changed={"answer": "You are quite right."},
            honest=404,
            verdict="contest_not_found",
        )
        for decision, body in _CONTEST_DECISIONS
    ),
    # The operator here is an API key, and money moves by hand only between two people: see test_operators.
    Door(
        "payments",
        "POST",
        "/v1/operator/money-corrections",
        **_FINANCE,
        body=lambda prey: {
            "kind": "return_unapplied",
            "subject_id": NOBODY,
            "amount": {"amount": 100, "currency": "EUR"},
            "reason": "sent twice",
        },
        changed={"reason": "sent three times"},
        honest=403,
        verdict="people_only",
    ),
    *(
        Door(
            "payments",
            "POST",
            f"/v1/operator/money-corrections/{{correction_id}}/{decision}",
            **_FINANCE,
            ids=lambda prey: {"correction_id": NOBODY},
            honest=403,
            verdict="people_only",
        )
        for decision in ("confirmation", "withdrawal")
    ),
    # Signed instead of signed in: see test_forged_webhooks.
    Door("orders", "POST", "/v1/webhooks/carrier", keyed=False),
    Door("payments", "POST", "/v1/webhooks/psp", keyed=False),
    Door(
        "gateway",
        "POST",
        "/v1/test-clock/advances",
        **_ENGINEERS,
        body=lambda prey: {"seconds": 1},
        changed={"seconds": 2},
        honest=202,
        body_max_bytes=10 * MEGABYTE,
    ),
    Door(
        "gateway",
        "POST",
        "/v1/operator/parked/{service}/{handler}/{aggregate_id}/redrive",
        **_ENGINEERS,
        ids=lambda prey: {"service": "orders", "handler": "orders:catalog.reservation", "aggregate_id": prey.unpaid},
        keyed=False,
    ),
)


def _mandate_version(prey: Prey) -> str:
    version: str = prey.people.read("applicant", "/v1/sellers/me/mandate")["version"]
    return version


SIGNED_IN = [door for door in DOORS if door.who is not None]
WITH_BODY = [door for door in DOORS if door.body is not None]
KEYED = [door for door in DOORS if door.keyed]


def of(doors: Sequence[Door]) -> pytest.MarkDecorator:
    """The test for each of these doors."""
    return pytest.mark.parametrize("door", doors, ids=str)


def send(prey: Prey, door: Door, who: str | None, **request: Any) -> httpx.Response:
    """The honest request of this door, except for what the test says."""
    request["headers"] = {**door.headers, **request.get("headers", {})}
    if door.lines is not None:
        request = {"content": door.lines(prey), **request}
        request["headers"] = {**NDJSON, **request["headers"]}
    elif door.body is not None and "content" not in request and "json" not in request:
        request["json"] = door.body(prey)
    return prey.people.write(who, door.method, door.path(prey), **request)


def product_of(prey: Prey) -> str:
    """The product of the offer that is there."""
    offers = prey.world.sellers[0].caller.get("/v1/seller/offers", sku=prey.offer["sku"])
    return str(offers["items"][0]["product_id"])


def unit_line(prey: Prey, **changes: Any) -> bytes:
    """A passport that would be accepted."""
    line = {"serial": "DOORSUNIT1", "sku": prey.offer["sku"], "grade": prey.offer["grade"], **changes}
    return json.dumps(line).encode() + b"\n"


def push_body(prey: Prey, **changes: Any) -> bytes:
    """A stock line that would be accepted."""
    line = {"sku": prey.offer["sku"], "quantity": prey.offer["available"] + 5, **changes}
    return json.dumps(line).encode() + b"\n"
