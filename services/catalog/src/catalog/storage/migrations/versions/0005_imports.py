"""Imports: files of stock, worked through part by part."""

from alembic import op

revision = "0005"
down_revision = "0007"
branch_labels = None
depends_on = None

_STEPS = (
    """
    create table imports (
        id uuid primary key,
        version integer not null,
        seller_id uuid not null references sellers (id),
        state text not null constraint imports_state
            check (state in ('received', 'running', 'awaiting_confirmation', 'done', 'failed', 'cancelled')),
        mode text not null constraint imports_mode check (mode in ('update', 'full_sync')),
        dry_run boolean not null,
        confirm_prices boolean not null,
        as_of timestamptz not null,
        sha256 text not null,
        rows integer not null,
        parts integer not null,
        reading jsonb not null,
        received_at timestamptz not null,
        live integer,
        going integer,
        confirmed_offline integer,
        ended_at timestamptz,
        reason text,
        constraint imports_ended check ((state in ('done', 'failed', 'cancelled')) = (ended_at is not null))
    )
    """,
    "create index imports_seller on imports (seller_id, id)",
    """
    create unique index imports_unfinished on imports (seller_id)
    where state in ('received', 'running', 'awaiting_confirmation')
    """,
    """
    create table import_parts (
        import_id uuid not null references imports (id),
        n integer not null,
        of_file boolean not null,
        rows integer not null,
        packed bytea,
        results bytea,
        sku_keys text[] not null,
        counts jsonb,
        problems jsonb,
        settled_at timestamptz,
        primary key (import_id, n)
    )
    """,
)


def upgrade() -> None:
    """Nothing was imported before."""
    for statement in _STEPS:
        op.execute(statement)
