"""Erasures of people and companies, and the states that lead there."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_STEPS = (
    "alter table users drop constraint users_state_check",
    "alter table users add constraint users_state_check check (state in ('pending', 'active', 'deactivated', 'erased'))",
    "alter table companies drop constraint companies_state_check",
    """
    alter table companies add constraint companies_state_check
        check (state in ('pending_activation', 'active', 'closing', 'closed', 'erased'))
    """,
    """
    create table erasures (
        id uuid primary key,
        version integer not null check (version > 0),
        company_id uuid not null,
        user_id uuid,
        state text not null check (state in ('requested', 'done')),
        cause text not null check (cause in ('person', 'owner', 'operator', 'retention')),
        requested_at timestamptz not null,
        confirmations jsonb not null,
        done_at timestamptz,
        check ((state = 'done') = (done_at is not null))
    )
    """,
    "create index ix_erasures_company_id on erasures (company_id)",
)


def upgrade() -> None:
    """Whoever is there already can be forgotten too."""
    for statement in _STEPS:
        op.execute(statement)
