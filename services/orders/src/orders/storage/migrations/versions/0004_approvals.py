"""Approvals: who ordered for which cost centre, what waits for whom, and how buyer companies buy."""

from alembic import op

revision = "0004"
down_revision = "0005"

_STATEMENTS = (
    "alter table orders add column placed_by uuid",
    "alter table orders add column cost_centre text",
    "alter table orders add column quoted_minor bigint",
    "alter table orders add column approval jsonb",
    "create index orders_awaiting_approval on orders (buyer_id, placed_at, id) where state = 'awaiting_approval'",
    """
    create table purchasing_rules (
        company_id uuid not null,
        version integer not null,
        binds boolean not null,
        rules jsonb not null,
        fetched_at timestamptz not null,
        primary key (company_id)
    )
    """,
    # Rules that a company set before this service obeyed them are asked for now, together with its party.
    "insert into timers (id, kind, key, due_at, payload) "
    "select gen_random_uuid(), 'fetch_party', company_id, now(), '{}' from parties on conflict do nothing",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
