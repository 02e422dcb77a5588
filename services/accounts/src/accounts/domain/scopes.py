"""What people and keys may do, by the kind of their company and their role in it, and the grant that a token is made of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accounts.domain.errors import RoleUnknown
from chassis.kernel.ids import Id


class Role(StrEnum):
    """What a person does in the company; which roles there are depends on what kind of company it is."""

    OWNER = "owner"
    BUYER = "buyer"
    APPROVER = "approver"
    STOCK = "stock"
    FULFILMENT = "fulfilment"
    ACCOUNTANT = "accountant"
    SUPPORT = "support"
    FINANCE = "finance"
    TRUST = "trust"
    ENGINEER = "engineer"
    READ_ONLY = "read_only"


_BUYER_READS = frozenset({"catalog:read", "orders:read", "payments:read", "aftersales:read", "account:read"})
_SELLER_READS = frozenset(
    {"catalog:read", "stock:read", "seller_orders:read", "payouts:read", "payments:read", "account:read"}
)
_STAFF_READS = frozenset(
    {
        "catalog:read",
        "stock:read",
        "orders:read",
        "seller_orders:read",
        "payments:read",
        "aftersales:read",
        "account:read",
    }
)
# The books, and what every company earns.
_MONEY_READS = frozenset({"payouts:read", "audit:read"})
# The one table of who may do what. `account:write` is everything about the company itself: people, keys, profile, mandate.
SCOPES: dict[tuple[str, Role], frozenset[str]] = {
    ("buyer", Role.OWNER): _BUYER_READS | {"orders:write", "orders:approve", "account:write"},
    ("buyer", Role.BUYER): _BUYER_READS | {"orders:write"},
    ("buyer", Role.APPROVER): _BUYER_READS | {"orders:approve"},
    ("buyer", Role.ACCOUNTANT): _BUYER_READS - {"catalog:read"},
    ("buyer", Role.READ_ONLY): _BUYER_READS,
    ("seller", Role.OWNER): _SELLER_READS | {"stock:write", "seller_orders:write", "invoices:contest", "account:write"},
    ("seller", Role.STOCK): frozenset({"catalog:read", "stock:read", "stock:write", "account:read"}),
    ("seller", Role.FULFILMENT): frozenset(
        {"catalog:read", "stock:read", "seller_orders:read", "seller_orders:write", "account:read"}
    ),
    ("seller", Role.ACCOUNTANT): frozenset(
        {"seller_orders:read", "payouts:read", "payments:read", "account:read", "invoices:contest"}
    ),
    ("seller", Role.READ_ONLY): _SELLER_READS,
    ("operator", Role.OWNER): _STAFF_READS
    | _MONEY_READS
    | {
        "account:write",
        "audit_log:read",
        "operator:companies",
        "operator:sellers",
        "operator:money",
        "operator:cases",
        "operator:events",
    },
    ("operator", Role.SUPPORT): _STAFF_READS | {"operator:companies", "operator:cases"},
    ("operator", Role.FINANCE): _STAFF_READS | _MONEY_READS | {"operator:money"},
    ("operator", Role.TRUST): _STAFF_READS | {"operator:sellers"},
    # Who keeps the machinery going need not see whose orders run through it.
    ("operator", Role.ENGINEER): frozenset({"account:read", "operator:events"}),
    ("operator", Role.READ_ONLY): _STAFF_READS | _MONEY_READS,
    # No person, only a key.
    ("auditor", Role.OWNER): frozenset({"audit:read", "audit_log:read"}),
}


# What a person does to themselves: end sessions, ask for another address, keep a second factor. Everybody has it in every
# role, and no key can be given it.
SELF = "self"


def scopes_of_person(kind: str, role: Role) -> frozenset[str]:
    """What the role may do in the company, and everything about oneself."""
    return SCOPES[kind, role] | {SELF}


# Everything that a kind of company may do: what an owner may, and the most that a key may be given.
SCOPES_BY_KIND: dict[str, frozenset[str]] = {
    kind: scopes for (kind, role), scopes in SCOPES.items() if role is Role.OWNER
}


def check_role(kind: str, role: Role) -> None:
    """Refuse a role that companies of this kind do not have."""
    if (kind, role) not in SCOPES:
        raise RoleUnknown(roles=[str(known) for of, known in SCOPES if of == kind])


# Ten minutes of real time: short enough that a revoked key or a closed company is out soon.
GRANT_SECONDS = 600


@dataclass(frozen=True)
class Grant:
    """Who a token speaks for: a person or a key (`subject_id`), its company, kind, market and scopes.

    People speak in a session and have a role, keys have neither.
    """

    subject_id: Id
    company_id: Id
    kind: str
    market: str | None
    scopes: frozenset[str]
    session_id: Id | None = None
    # Of a key that expires: no token outlives it.
    ends_at: datetime | None = None
    role: str | None = None

    def seconds(self, at: datetime) -> int:
        """How long a token of it lives."""
        left = GRANT_SECONDS if self.ends_at is None else int((self.ends_at - at).total_seconds())
        return max(0, min(GRANT_SECONDS, left))
