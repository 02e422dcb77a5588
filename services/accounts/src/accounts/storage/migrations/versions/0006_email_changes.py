"""Changes of the e-mail addresses that people sign in with."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_STEPS = (
    """
    create table email_changes (
        id uuid primary key,
        version integer not null check (version > 0),
        user_id uuid not null references users,
        company_id uuid not null references companies,
        state text not null check (state in ('asked', 'granted', 'used', 'refused', 'replaced')),
        email text not null check (email = lower(email)),
        asked_at timestamptz not null,
        link jsonb
    )
    """,
    "create index ix_email_changes_user_id on email_changes (user_id)",
)


def upgrade() -> None:
    """Nobody has asked yet."""
    for step in _STEPS:
        op.execute(step)
