"""The first tables: coverages, and the copies of what orders told that they are made from."""

from alembic import op

from chassis.db.schema import STEP_1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_OWN = (
    """
    create table shipments (
        id uuid primary key,
        seller_order_id uuid not null,
        order_id uuid not null,
        seller_id uuid not null,
        buyer_id uuid not null,
        market text not null,
        policy_version text not null,
        delivery_country text not null,
        lines jsonb not null
    )
    """,
    """
    create table seller_order_lines (
        seller_order_id uuid not null,
        line_no integer not null,
        warranty_months integer check (warranty_months >= 0),
        primary key (seller_order_id, line_no)
    )
    """,
    """
    create table coverages (
        id uuid primary key,
        version integer not null check (version > 0),
        state text not null check (state in ('open', 'claim_window_closed')),
        seller_order_id uuid not null,
        order_id uuid not null,
        seller_id uuid not null,
        buyer_id uuid not null,
        market text not null,
        policy_version text not null,
        delivery_country text not null,
        delivered_at timestamptz not null,
        damage_until timestamptz not null,
        claim_until timestamptz not null,
        withdraw_until timestamptz,
        closes_at timestamptz not null check (closes_at > claim_until),
        calendar_version text not null,
        lines jsonb not null,
        closed_at timestamptz check (closed_at >= closes_at),
        check ((state = 'claim_window_closed') = (closed_at is not null))
    )
    """,
    "create index ix_coverages_order_id on coverages (order_id)",
    "create index ix_coverages_seller_order_id on coverages (seller_order_id)",
    "create index coverages_of_buyer on coverages (buyer_id, id)",
    "create index coverages_of_seller on coverages (seller_id, id)",
)


def upgrade() -> None:
    for statement in (*STEP_1, *_OWN):
        op.execute(statement)
