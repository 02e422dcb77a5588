"""Sessions of people, and sign-ins that were taken back."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STEPS = (
    """
    create table sessions (
        id uuid primary key,
        version integer not null check (version > 0),
        user_id uuid not null references users,
        company_id uuid not null references companies,
        network text,
        agent text,
        generation integer not null check (generation > 0),
        created_at timestamptz not null,
        last_seen_at timestamptz not null,
        expires_at timestamptz not null,
        ended_at timestamptz
    )
    """,
    "create index ix_sessions_user_id on sessions (user_id)",
    """
    create table revocations (
        id uuid primary key,
        kind text not null check (kind in ('session', 'api_key', 'company')),
        subject_id uuid not null,
        at timestamptz not null
    )
    """,
    "create index ix_revocations_at on revocations (at)",
)


def upgrade() -> None:
    """Both begin empty: whoever signed in before has a token of ten minutes at the most."""
    for step in _STEPS:
        op.execute(step)
