"""Who may open which public door, one line each: the expected half of the access matrix, written by hand."""

import json
from functools import cache

from launcher.paths import clone_root

# b buyer, s seller, o operator, a auditor, p every person in every role and no key (operator and auditor knock with keys
# here); - nobody has to be signed in. A capital says that only what belongs to the
# asking company exists for it: to any other company of the same kind the same door answers 404.
ACCESS = {
    "GET /v1/markets": "-",
    "POST /v1/companies": "-",
    "POST /v1/sellers": "-",
    "POST /v1/activations": "-",
    "POST /v1/activation-mails": "-",
    "POST /v1/password-resets": "-",
    "POST /v1/passwords": "-",
    "POST /v1/email-changes": "-",
    "POST /v1/me/email-changes": "p",
    "GET /v1/operator/email-changes": "o",
    "POST /v1/operator/email-changes/{change_id}/approval": "o",
    "POST /v1/operator/email-changes/{change_id}/rejection": "o",
    "POST /v1/sessions": "-",
    "POST /v1/sessions/refresh": "-",
    "POST /v1/sessions/second-factor": "-",
    "POST /v1/sessions/passkey-challenges": "-",
    "POST /v1/sessions/passkey": "-",
    "GET /v1/me/second-factor": "p",
    "POST /v1/me/authenticator": "p",
    "POST /v1/me/authenticator/confirmation": "p",
    "POST /v1/me/authenticator/removal": "p",
    "POST /v1/me/recovery-codes": "p",
    "POST /v1/me/passkey-challenges": "p",
    "POST /v1/me/passkeys": "p",
    "POST /v1/me/passkeys/{passkey_id}/removal": "p",
    "POST /v1/operator/people/{user_id}/second-factor-removal": "o",
    "GET /v1/me/sessions": "bso",
    "DELETE /v1/me/sessions": "p",
    "DELETE /v1/me/sessions/{session_id}": "p",
    "POST /v1/me/erasure": "p",
    "GET /v1/operator/erasures": "o",
    "POST /v1/oauth/token": "-",
    "GET /.well-known/jwks.json": "-",
    "GET /v1/me": "bso",
    "GET /v1/company": "bso",
    "PATCH /v1/company": "bso",
    "GET /v1/company/change-requests": "bso",
    "POST /v1/company/change-requests": "bso",
    "POST /v1/company/change-requests/{request_id}/withdrawal": "BSo",
    "GET /v1/company/people": "bso",
    "PUT /v1/company/people/{user_id}/role": "bso",
    "POST /v1/company/people/{user_id}/deactivation": "bso",
    "GET /v1/company/invitations": "bso",
    "POST /v1/company/invitations": "bso",
    "POST /v1/company/invitations/{invitation_id}/mails": "bso",
    "POST /v1/company/invitations/{invitation_id}/withdrawal": "bso",
    "POST /v1/invitation-acceptances": "-",
    "GET /v1/company/purchasing-rules": "bso",
    "PUT /v1/company/purchasing-rules": "bso",
    "GET /v1/api-keys": "bso",
    "POST /v1/api-keys": "bso",
    "DELETE /v1/api-keys/{key_id}": "BSo",
    "POST /v1/api-keys/{key_id}/rotation": "BSo",
    "GET /v1/sellers/me": "bso",
    "GET /v1/sellers/me/mandate": "bso",
    "POST /v1/sellers/me/mandate": "bso",
    "GET /v1/operator/sellers": "o",
    "POST /v1/operator/sellers/{seller_id}/approval": "o",
    "POST /v1/operator/sellers/{seller_id}/rejection": "o",
    "POST /v1/sellers/me/information": "bso",
    "POST /v1/operator/sellers/{seller_id}/review": "o",
    "POST /v1/operator/sellers/{seller_id}/information-requests": "o",
    "POST /v1/operator/sellers/{seller_id}/offboarding": "o",
    "POST /v1/operator/sellers/{seller_id}/suspension": "o",
    "DELETE /v1/operator/sellers/{seller_id}/suspension": "o",
    "POST /v1/operator/companies/{company_id}/closure": "o",
    "GET /v1/operator/companies/{company_id}": "o",
    "PATCH /v1/operator/companies/{company_id}": "o",
    "GET /v1/operator/change-requests": "o",
    "POST /v1/operator/change-requests/{request_id}/approval": "o",
    "POST /v1/operator/change-requests/{request_id}/rejection": "o",
    "GET /v1/offers": "bso",
    "GET /v1/offers/{offer_id}": "bso",
    "PATCH /v1/seller/offers": "s",
    "GET /v1/seller/offers": "so",
    "POST /v1/orders": "b",
    "GET /v1/orders": "boa",
    "GET /v1/orders/{order_id}": "Boa",
    "GET /v1/orders/{order_id}/purchase-order": "Boa",
    "POST /v1/orders/{order_id}/cancellation": "B",
    "POST /v1/orders/{order_id}/approval": "B",
    "GET /v1/approvals": "b",
    "GET /v1/seller/orders": "soa",
    "GET /v1/seller/orders/{seller_order_id}": "Soa",
    "POST /v1/seller/orders/{seller_order_id}/acceptance": "S",
    "POST /v1/seller/orders/{seller_order_id}/shipments": "S",
    "POST /v1/webhooks/carrier": "-",
    "GET /v1/payments": "bsoa",
    "GET /v1/payments/{payment_id}": "BSoa",
    "POST /v1/payments/{payment_id}/card_payments": "B",
    "GET /v1/payments/{payment_id}/card_payments": "BSoa",
    "GET /v1/payments/{payment_id}/card_payments/{card_payment_id}": "BSoa",
    "GET /v1/invoices": "bsoa",
    "GET /v1/invoices/{invoice_id}": "BSoa",
    "GET /v1/invoices/{invoice_id}/pdf": "BSoa",
    "GET /v1/invoices/{invoice_id}/xml": "BSoa",
    "GET /v1/seller/balance": "soa",
    "GET /v1/seller/settlements": "soa",
    "GET /v1/payouts": "soa",
    "GET /v1/refunds": "bsoa",
    "POST /v1/operator/money-corrections": "o",
    "GET /v1/operator/money-corrections": "o",
    "POST /v1/operator/money-corrections/{correction_id}/confirmation": "o",
    "POST /v1/operator/money-corrections/{correction_id}/withdrawal": "o",
    "GET /v1/ledger/journals": "oa",
    "GET /v1/ledger/accounts": "oa",
    "GET /v1/bank-lines": "oa",
    "POST /v1/webhooks/psp": "-",
    "GET /v1/coverages": "bsoa",
    "GET /v1/coverages/{shipment_id}": "BSoa",
    "GET /v1/cases": "bsoa",
    "POST /v1/cases": "bo",
    "GET /v1/cases/{case_id}": "BSoa",
    "POST /v1/cases/{case_id}/withdrawal": "Bo",
    "POST /v1/cases/{case_id}/dispatch": "Bo",
    "POST /v1/cases/{case_id}/receipt": "So",
    "POST /v1/cases/{case_id}/inspection": "So",
    "POST /v1/cases/{case_id}/remedy": "So",
    "POST /v1/cases/{case_id}/resolution": "So",
    "POST /v1/cases/{case_id}/impossibility": "So",
    "GET /v1/test-clock": "-",
    "POST /v1/test-clock/advances": "o",
    "GET /v1/test-clock/advances/{advance_id}": "o",
    "GET /v1/operator/status": "oa",
    "GET /v1/operator/parked": "oa",
    "POST /v1/operator/parked/{service}/{handler}/{aggregate_id}/redrive": "o",
    "GET /v1/operator/figures": "oa",
    "GET /v1/operator/audit-logs": "oa",
    "GET /v1/operator/audit-logs/{service}": "oa",
    "GET /v1/events": "oa",
}
KINDS = {"b": "buyer", "s": "seller", "o": "operator", "a": "auditor"}
PERSONS = ("buyer", "seller")


@cache
def published() -> frozenset[str]:
    """Every door the gateway's contract names."""
    document = json.loads((clone_root() / "contracts" / "openapi" / "gateway.json").read_text())
    return frozenset(f"{method.upper()} {path}" for path, doors in document["paths"].items() for method in doors)


def may(door: str, kind: str) -> bool:
    """Whether this kind of subject may knock at all."""
    letters = ACCESS[door]
    return (letters == "p" and kind in PERSONS) or any(KINDS.get(letter.lower()) == kind for letter in letters)


def owned(door: str, kind: str) -> bool:
    """Whether what is behind it belongs to one company of this kind."""
    return any(letter.isupper() and KINDS[letter.lower()] == kind for letter in ACCESS[door])
