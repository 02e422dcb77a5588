"""What each kind of subject may do, and the grant that a token is made of."""

from dataclasses import dataclass

from chassis.kernel.ids import Id

SCOPES_BY_KIND: dict[str, frozenset[str]] = {
    "buyer": frozenset(
        {
            "catalog:read",
            "orders:read",
            "orders:write",
            "payments:read",
            "aftersales:read",
            "account:read",
            "account:write",
        }
    ),
    "seller": frozenset(
        {
            "stock:read",
            "stock:write",
            "seller_orders:read",
            "seller_orders:write",
            "payouts:read",
            "payments:read",
            "account:read",
            "account:write",
            "catalog:read",
        }
    ),
    "operator": frozenset(
        {
            "operator",
            "catalog:read",
            "stock:read",
            "orders:read",
            "seller_orders:read",
            "payments:read",
            "payouts:read",
            "aftersales:read",
            "account:read",
            "account:write",
            "audit:read",
        }
    ),
    "auditor": frozenset({"audit:read"}),
}

# Ten minutes of real time: short enough that a revoked key or a closed company is out soon.
GRANT_SECONDS = 600


@dataclass(frozen=True)
class Grant:
    """Who a token speaks for: a person or a key (`subject_id`), its company, kind, market and scopes.

    People speak in a session, keys have none.
    """

    subject_id: Id
    company_id: Id
    kind: str
    market: str | None
    scopes: frozenset[str]
    session_id: Id | None = None
