"""Requests for changes that a company may not make itself."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_STEPS = (
    """
    create table change_requests (
        id uuid primary key,
        version integer not null check (version > 0),
        company_id uuid not null references companies,
        state text not null check (state in ('open', 'approved', 'rejected', 'withdrawn')),
        change jsonb not null,
        note text not null,
        asked_by uuid not null,
        asked_at timestamptz not null,
        decided_at timestamptz,
        reason text,
        next_step text,
        check ((state = 'open') = (decided_at is null)),
        check ((state = 'rejected') = (reason is not null))
    )
    """,
    "create index ix_change_requests_company_id on change_requests (company_id)",
    "create unique index change_requests_one_open on change_requests (company_id) where state = 'open'",
)


def upgrade() -> None:
    """A table of its own; nothing that is there changes."""
    for statement in _STEPS:
        op.execute(statement)
