"""How things of accounts look to the audit log: which fields an operator's act may change, and which of them are personal."""

from chassis.web.acts import Looks, look_at

LOOKS: Looks = {
    "company_id": look_at(
        "companies",
        ("state", "country", "language"),
        ("legal_name", "legal_form", "share_capital", "address", "contact", "vat_numbers"),
    ),
    "seller_id": look_at("sellers", ("state", "markets", "reason")),
    "document_id": look_at("documents", ("state", "kind", "reason", "valid_until")),
    "request_id": look_at("change_requests", ("state", "reason")),
    "change_id": look_at("email_changes", ("state",), ("email",)),
    "user_id": look_at("users", ("state", "role"), ("email", "name")),
    "invitation_id": look_at("invitations", ("state", "role"), ("email",)),
    "key_id": look_at("api_keys", ("scopes", "revoked_at", "expires_at")),
    "session_id": look_at("sessions", ("ended_at",)),
}
