"""Roles of people, who may leave a company, and invitations into it."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_STEPS = (
    # Whoever is there already is the first, and only, person of the company.
    "alter table users add column role text not null default 'owner'",
    "alter table users alter column role drop default",
    "alter table users drop constraint users_state_check",
    "alter table users add constraint users_state_check check (state in ('pending', 'active', 'deactivated'))",
    """
    create table invitations (
        id uuid primary key,
        version integer not null check (version > 0),
        company_id uuid not null references companies,
        state text not null check (state in ('open', 'accepted', 'withdrawn')),
        email text not null check (email = lower(email)),
        name text not null,
        role text not null,
        link jsonb not null,
        invited_at timestamptz not null
    )
    """,
    "create index ix_invitations_company_id on invitations (company_id)",
    "create unique index invitations_one_open on invitations (company_id, email) where state = 'open'",
)


def upgrade() -> None:
    """Adding a column with a constant default rewrites no row."""
    for statement in _STEPS:
        op.execute(statement)
