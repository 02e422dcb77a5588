"""The routing table of the edge: the longest prefix decides which service answers; what is not listed does not exist."""

SERVICE_BY_PREFIX = {
    "/.well-known/jwks.json": "accounts",
    "/v1/markets": "accounts",
    "/v1/companies": "accounts",
    "/v1/activations": "accounts",
    "/v1/activation-mails": "accounts",
    "/v1/password-resets": "accounts",
    "/v1/passwords": "accounts",
    "/v1/email-changes": "accounts",
    "/v1/operator/email-changes": "accounts",
    "/v1/sessions": "accounts",
    "/v1/oauth": "accounts",
    "/v1/me": "accounts",
    "/v1/company": "accounts",
    "/v1/invitation-acceptances": "accounts",
    "/v1/api-keys": "accounts",
    "/v1/sellers": "accounts",
    "/v1/operator/sellers": "accounts",
    "/v1/operator/dac7": "accounts",
    "/v1/operator/companies": "accounts",
    "/v1/operator/people": "accounts",
    "/v1/operator/change-requests": "accounts",
    "/v1/operator/second-signatures": "accounts",
    "/v1/operator/erasures": "accounts",
    "/v1/categories": "catalog",
    "/v1/offers": "catalog",
    "/v1/seller/offers": "catalog",
    "/v1/quote-requests": "catalog",
    "/v1/seller/offers.csv": "catalog",
    "/v1/seller/imports": "catalog",
    "/v1/operator/products": "catalog",
    "/v1/seller/units": "catalog",
    "/v1/units/check": "catalog",
    "/v1/orders": "orders",
    "/v1/carts": "orders",
    "/v1/approvals": "orders",
    "/v1/operator/buyers": "orders",
    "/v1/spending": "orders",
    "/v1/seller/orders": "orders",
    "/v1/seller/pick-list": "orders",
    "/v1/seller/shipments": "orders",
    "/v1/seller/pick-list.pdf": "orders",
    "/v1/webhooks/carrier": "orders",
    "/v1/payments": "payments",
    "/v1/invoices": "payments",
    "/v1/seller/balance": "payments",
    "/v1/seller/settlements": "payments",
    "/v1/payouts": "payments",
    "/v1/refunds": "payments",
    "/v1/seller/invoices": "payments",
    "/v1/seller/invoice-contests": "payments",
    "/v1/operator/money-corrections": "payments",
    "/v1/operator/invoice-contests": "payments",
    "/v1/ledger": "payments",
    "/v1/bank-lines": "payments",
    "/v1/webhooks/psp": "payments",
    "/v1/coverages": "aftersales",
    "/v1/cases": "aftersales",
}


def service_for(path: str) -> str | None:
    """The service that answers this path, or None if nothing of ours is there."""
    parts = path.split("/")
    for length in range(len(parts), 1, -1):
        service = SERVICE_BY_PREFIX.get("/".join(parts[:length]))
        if service is not None:
            return service
    return None
