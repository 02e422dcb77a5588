"""How things of accounts look to the audit log: which fields an operator's act may change, and which of them are personal."""

from collections.abc import Mapping
from typing import Any

from accounts.use_cases.sign_payout_change import PAYOUT_ACCOUNT
from chassis.kernel.ids import Id
from chassis.web.acts import Looks, look_at

_REQUEST = look_at("change_requests", ("state", "reason"))


async def _change_request(uow: Any, id: Id) -> Mapping[str, Any]:
    """Also whose first signature waits for a second one."""
    first = await uow.proposals.pending_of(PAYOUT_ACCOUNT, id)
    return {**await _REQUEST(uow, id), "signed_first_by": first.proposed_by if first else None}


LOOKS: Looks = {
    "company_id": look_at(
        "companies",
        ("state", "country", "language"),
        ("legal_name", "legal_form", "share_capital", "address", "contact", "vat_numbers"),
    ),
    "seller_id": look_at("sellers", ("state", "markets", "reason")),
    "document_id": look_at("documents", ("state", "kind", "reason", "valid_until")),
    "request_id": _change_request,
    "change_id": look_at("email_changes", ("state",), ("email",)),
    "user_id": look_at("users", ("state", "role"), ("email", "name")),
    "invitation_id": look_at("invitations", ("state", "role"), ("email",)),
    "key_id": look_at("api_keys", ("scopes", "revoked_at", "expires_at")),
    "session_id": look_at("sessions", ("ended_at",)),
}
