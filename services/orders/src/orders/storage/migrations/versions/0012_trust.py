"""How far buyers are trusted: what operators granted, and with which tier an order was placed."""

from alembic import op

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    create table buyer_trust (
        company_id uuid primary key,
        tier text,
        reason text not null,
        changed_at timestamptz not null
    )
    """,
    "alter table orders add column trust_tier text",
    "create index orders_paid on orders (buyer_id) where secured_at is not null",
)


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    for statement in _STATEMENTS:
        op.execute(statement)
